import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { type EventFilter, eventApi, eventQuery } from './event-client.ts';

/** Everything about events begins with the same word: what was committed may concern any of it. */
export const eventKeys = {
  all: ['events'] as const,
  list: (filter: EventFilter) => ['events', 'list', eventQuery(filter)] as const,
  newest: ['events', 'newest'] as const,
  story: (sequence: string) => ['events', 'story', sequence] as const,
  subscriptions: ['events', 'subscriptions'] as const,
  deadLetters: ['events', 'dead-letters'] as const,
  evaluation: (filter: string, event: string) => ['evaluation', filter, event] as const,
};

export const useEvents = (filter: EventFilter) =>
  useInfiniteQuery({
    queryKey: eventKeys.list(filter),
    queryFn: ({ pageParam }) => eventApi.list(filter, pageParam),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });

export const useNewestEvents = () =>
  useQuery({ queryKey: eventKeys.newest, queryFn: () => eventApi.newest(20) });

export const useStory = (sequence: string | undefined) =>
  useQuery({
    queryKey: eventKeys.story(sequence ?? ''),
    queryFn: () => eventApi.story(sequence ?? ''),
    enabled: sequence !== undefined && sequence !== '',
  });

export const useSubscriptions = () =>
  useQuery({ queryKey: eventKeys.subscriptions, queryFn: eventApi.subscriptions });

export const useDeadLetters = () =>
  useInfiniteQuery({
    queryKey: eventKeys.deadLetters,
    queryFn: ({ pageParam }) => eventApi.deadLetters(pageParam),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next,
  });

/** The last answer stays while the next is on its way. Nothing is asked while one of the texts is undefined. */
export const useEvaluation = (filter: string | undefined, event: string | undefined) =>
  useQuery({
    queryKey: eventKeys.evaluation(filter ?? '', event ?? ''),
    queryFn: () => eventApi.evaluate(filter ?? '', event ?? ''),
    enabled: filter !== undefined && event !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });

/** A change after which everything about events is asked again. */
export function useEventChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: eventKeys.all }),
  });
}
