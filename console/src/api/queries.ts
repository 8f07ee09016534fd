import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type InstanceFilter } from './client.ts';

/** Names of what is cached; an event of the live stream makes a part of it stale. */
export const queryKeys = {
  about: ['about'] as const,
  instances: ['instances'] as const,
  instanceList: (filter: InstanceFilter) => ['instances', filter] as const,
  instance: (key: string) => ['instance', key] as const,
  definitions: ['definitions'] as const,
  statistics: (key: string) => ['definitions', 'statistics', key] as const,
  xml: (key: string) => ['xml', key] as const,
};

export const useAbout = () => useQuery({ queryKey: queryKeys.about, queryFn: api.about });

export const useInstances = (filter: InstanceFilter) =>
  useQuery({
    queryKey: queryKeys.instanceList(filter),
    queryFn: () => api.instances(filter),
    placeholderData: keepPreviousData,
  });

export const useInstance = (key: string) =>
  useQuery({ queryKey: queryKeys.instance(key), queryFn: () => api.instance(key) });

export const useDefinitions = () => useQuery({ queryKey: queryKeys.definitions, queryFn: api.definitions });

export const useStatistics = (key: string | undefined) =>
  useQuery({
    queryKey: queryKeys.statistics(key ?? ''),
    queryFn: () => api.statistics(key ?? ''),
    enabled: key !== undefined,
  });

export const useXml = (key: string | undefined) =>
  useQuery({
    queryKey: queryKeys.xml(key ?? ''),
    queryFn: () => api.xml(key ?? ''),
    enabled: key !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });

export function useCancel(key: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.cancel(key),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.instance(key) }),
  });
}

export function useResolve(instanceKey: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ incidentKey, jobKey }: { incidentKey: string; jobKey: string | null }) =>
      api.resolve(incidentKey, jobKey),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.instance(instanceKey) }),
  });
}
