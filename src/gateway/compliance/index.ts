import { VERDICTS, type Verdict } from '../../compliance/index.ts';
import type {
  ComplianceFigures,
  ComplianceFilter,
  DeviationRow,
  VerdictCounts,
} from '../../history/index.ts';
import { GatewayError } from '../errors.ts';
import { pathKey } from '../fields.ts';
import { type GatewayRequest, json, type RouteGroup } from '../http.ts';
import { queryInteger } from '../records.ts';
import type { GatewayContext } from '../rest/context.ts';
import { tellInstance } from './instance.ts';

/** Whether events came in the order that the models expect: figures, deviations, and one instance's trace. */

const PAGE = 50;
const MAX_PAGE = 500;
/** Places that are told as the worst. */
const WORST = 5;

export function complianceGroup({ history }: Pick<GatewayContext, 'history'>): RouteGroup {
  return {
    name: 'compliance',
    routes: [
      {
        method: 'GET',
        path: '/api/compliance',
        accepts: 'none',
        handler: async (request) => {
          const figures = await history.query('complianceFigures', readRange(request));
          const byProcess = Object.entries(Object.groupBy(figures, ({ processId }) => processId));
          return json(200, {
            items: byProcess.map(([bpmnProcessId, versions = []]) => ({
              bpmnProcessId,
              ...tellFigures(versions),
            })),
          });
        },
      },
      {
        method: 'GET',
        path: '/api/compliance/instances/:key',
        accepts: 'none',
        handler: async (request) => {
          const found = await history.query('complianceInstance', pathKey(request, 'key'));
          if (found) return json(200, tellInstance(found));
          throw new GatewayError(
            'NOT_FOUND',
            `There is no process instance with key '${request.params['key']}' whose model awaits or sends events.`,
          );
        },
      },
      {
        method: 'GET',
        path: '/api/compliance/:process',
        accepts: 'none',
        handler: async (request) => {
          const filter = readFilter(request);
          const figures = await known(history, filter);
          const places = (await history.query('compliancePlaces', filter)).map(({ counts, ...place }) => ({
            ...place,
            counts,
            deviations: deviationsIn(counts),
          }));
          const worst = [...places].sort((one, other) => other.deviations - one.deviations).slice(0, WORST);
          return json(200, {
            bpmnProcessId: filter.processId,
            ...tellFigures(figures),
            versions: figures.map((one) => ({ version: one.version, ...tellFigures([one]) })),
            places,
            worst: worst.filter(({ deviations }) => deviations > 0),
          });
        },
      },
      {
        method: 'GET',
        path: '/api/compliance/:process/deviations',
        accepts: 'none',
        handler: async (request) => {
          const filter = readFilter(request);
          await known(history, filter);
          const verdict = readVerdict(request);
          const before = queryInteger(request, 'before', 1, Number.MAX_SAFE_INTEGER);
          const { items, next } = await history.query('complianceDeviations', {
            ...filter,
            limit: queryInteger(request, 'limit', 1, MAX_PAGE) ?? PAGE,
            ...(verdict !== undefined && { verdict }),
            ...(before !== undefined && { before }),
          });
          return json(200, { items: items.map(tellDeviation), ...(next !== undefined && { next }) });
        },
      },
    ],
  };
}

/** A version that was not deployed has no figures, so that a misspelled id is not taken for a perfect process. */
async function known(
  history: GatewayContext['history'],
  filter: ComplianceFilter & { readonly processId: string },
): Promise<readonly ComplianceFigures[]> {
  const figures = await history.query('complianceFigures', filter);
  if (figures.length > 0) return figures;
  const version = filter.version === undefined ? '' : ` in version ${filter.version}`;
  throw new GatewayError(
    'NOT_FOUND',
    `No process '${filter.processId}' that awaits or sends events was deployed${version}.`,
  );
}

function tellFigures(versions: readonly ComplianceFigures[]): object {
  const sum = (pick: (figures: ComplianceFigures) => number): number =>
    versions.reduce((total, figures) => total + pick(figures), 0);
  const judged = sum((figures) => figures.judged);
  const conforming = sum((figures) => figures.conforming);
  const counts = Object.fromEntries(
    VERDICTS.map((verdict) => [verdict, sum((figures) => figures.counts[verdict])]),
  ) as VerdictCounts;
  const events = counts.expected + deviationsIn(counts);
  return {
    instances: { judged, conforming, rate: rateOf(conforming, judged) },
    events: { ...counts, rate: rateOf(counts.expected, events) },
  };
}

/** From 0 to 1; null where nothing was judged. */
function rateOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function deviationsIn({ early, late, unexpected, missing }: VerdictCounts): number {
  return early + late + unexpected + missing;
}

function tellDeviation({ time, processInstanceKey, processDefinitionKey, ...row }: DeviationRow): object {
  return {
    ...row,
    processInstanceKey: String(processInstanceKey),
    processDefinitionKey: String(processDefinitionKey),
    time: new Date(time).toISOString(),
  };
}

function readFilter(request: GatewayRequest): ComplianceFilter & { readonly processId: string } {
  return { processId: request.params['process'] ?? '', ...readRange(request) };
}

function readRange(request: GatewayRequest): ComplianceFilter {
  const from = queryTime(request, 'from');
  const to = queryTime(request, 'to');
  const version = queryInteger(request, 'version', 1, Number.MAX_SAFE_INTEGER);
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(version !== undefined && { version }),
  };
}

function queryTime(request: GatewayRequest, name: string): number | undefined {
  const text = request.query.get(name);
  if (text === null) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}(T|$)/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new GatewayError(
    'BAD_REQUEST',
    `The query parameter ${name} must be a date or a time such as 2030-01-31 or 2030-01-31T09:00:00Z, but was '${text}'.`,
  );
}

function readVerdict(request: GatewayRequest): Verdict | undefined {
  const text = request.query.get('verdict');
  if (text === null) return undefined;
  const deviating = VERDICTS.filter((verdict) => verdict !== 'expected');
  const verdict = deviating.find((one) => one === text);
  if (verdict) return verdict;
  throw new GatewayError(
    'BAD_REQUEST',
    `The query parameter verdict must be one of ${deviating.join(', ')}, but was '${text}'.`,
  );
}
