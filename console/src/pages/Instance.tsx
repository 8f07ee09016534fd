import { useEffect, useMemo, useState } from 'react';
import { useCancel, useInstance, useResolve, useXml } from '../api/queries.ts';
import type { InstanceView } from '../api/types.ts';
import { Link } from '../app/navigation.tsx';
import { Badge } from '../components/Badge.tsx';
import { Button } from '../components/Button.tsx';
import { Confirm } from '../components/Confirm.tsx';
import { Note, Problem } from '../components/Note.tsx';
import { Panel } from '../components/Panel.tsx';
import { Diagram } from '../diagram/Diagram.tsx';
import { dateTime, duration, prettyJson, words } from '../views/format.ts';
import { instanceMarks, marksText } from '../views/marks.ts';
import { timeline } from '../views/timeline.ts';
import styles from './Instance.module.css';

/** One instance: where it stands, how it came there, what it knows, what is wrong. */
export function Instance({ instanceKey }: { readonly instanceKey: string }) {
  const { data, error } = useInstance(instanceKey);
  const xml = useXml(data?.instance.processDefinitionKey);
  const marks = useMemo(() => (data === undefined ? [] : instanceMarks(data)), [data]);
  const now = useNow(data?.instance.endDate === null);
  if (error !== null && data === undefined) {
    return (
      <Note title="This instance cannot be shown" bad>
        {error.message} <Link to="/instances">To the list</Link>
      </Note>
    );
  }
  if (data === undefined) return <Note>Loading…</Note>;
  return (
    <div className={styles.page}>
      <Head view={data} now={now} />
      <Incidents view={data} />
      <Panel title="Where it stands">
        <Problem error={xml.error} />
        {xml.data !== undefined && (
          <Diagram xml={xml.data} marks={marks} label={marksText(marks, data.elements)} />
        )}
      </Panel>
      <div className={styles.columns}>
        <Timeline view={data} now={now} />
        <div className={styles.side}>
          <Variables view={data} />
          <Jobs view={data} />
          <Called view={data} />
        </div>
      </div>
      {data.cut.length > 0 && <Note>Only the first 1000 are shown of: {data.cut.join(', ')}.</Note>}
    </div>
  );
}

function useNow(running: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}

function Head({ view, now }: { readonly view: InstanceView; readonly now: number }) {
  const { instance } = view;
  const [asking, setAsking] = useState(false);
  const cancel = useCancel(instance.processInstanceKey);
  const end = instance.endDate === null ? now : Date.parse(instance.endDate);
  return (
    <>
      <div className={styles.head}>
        <div>
          <p className={styles.crumbs}>
            <Link to="/instances">Instances</Link> / <code>{instance.processInstanceKey}</code>
          </p>
          <h1>
            {instance.processDefinitionName ?? instance.processDefinitionId}{' '}
            <span className={styles.version}>v{instance.processDefinitionVersion}</span>{' '}
            <Badge instance={instance} />
          </h1>
          <p className={styles.when}>
            Started {dateTime(instance.startDate)}
            {instance.endDate !== null && `, ended ${dateTime(instance.endDate)}`} ·{' '}
            {duration(end - Date.parse(instance.startDate))}
            {instance.parentProcessInstanceKey !== null && (
              <>
                {' · called by '}
                <Link to={`/instances/${instance.parentProcessInstanceKey}`}>
                  {instance.parentProcessInstanceKey}
                </Link>
              </>
            )}
          </p>
        </div>
        {instance.state === 'ACTIVE' && (
          <Button look="bad" disabled={cancel.isPending} onClick={() => setAsking(true)}>
            Cancel instance
          </Button>
        )}
      </div>
      <Problem error={cancel.error} />
      {asking && (
        <Confirm
          title="Cancel this instance?"
          action="Cancel the instance"
          onConfirm={() => cancel.mutate()}
          onClose={() => setAsking(false)}
        >
          Everything that is active in it ends now, its jobs and called instances too. This cannot be undone.
        </Confirm>
      )}
    </>
  );
}

function Incidents({ view }: { readonly view: InstanceView }) {
  const resolve = useResolve(view.instance.processInstanceKey);
  const open = view.incidents.filter(({ state }) => state === 'ACTIVE');
  const names = new Map(
    view.elements.map(({ elementId, elementName }) => [elementId, elementName ?? elementId]),
  );
  if (open.length === 0) return <Problem error={resolve.error} />;
  return (
    <section className={styles.incidents} aria-label="Open incidents">
      {open.map((incident) => (
        <article key={incident.incidentKey} className={styles.incident}>
          <div className={styles.incidentText}>
            <h2>
              {names.get(incident.elementId) ?? incident.elementId}: {words(incident.errorType)}
            </h2>
            <pre>{incident.errorMessage}</pre>
            <p className={styles.when}>since {dateTime(incident.creationTime)}</p>
          </div>
          <Button
            look="main"
            disabled={resolve.isPending}
            onClick={() => resolve.mutate({ incidentKey: incident.incidentKey, jobKey: incident.jobKey })}
          >
            {incident.jobKey === null ? 'Resolve' : 'Retry'}
          </Button>
        </article>
      ))}
      <Problem error={resolve.error} />
    </section>
  );
}

function Timeline({ view, now }: { readonly view: InstanceView; readonly now: number }) {
  const steps = timeline(view, now);
  return (
    <Panel title="Timeline" count={steps.length}>
      <ol className={styles.steps}>
        {steps.map((step) => (
          <li
            key={step.key}
            className={styles[step.state]}
            style={{ paddingLeft: `${34 + step.depth * 18}px` }}
          >
            <span className={styles.stepName}>{step.name}</span>
            <span className={styles.stepType}>{words(step.type)}</span>
            <span className={styles.stepTime}>
              <time dateTime={step.startDate}>{dateTime(step.startDate)}</time> · {step.state} {step.took}
            </span>
            {step.waitsFor !== '' && <span className={styles.waits}>waits for {step.waitsFor}</span>}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Variables({ view }: { readonly view: InstanceView }) {
  const scopes = new Map(
    view.elements.map((element) => [element.elementInstanceKey, element.elementName ?? element.elementId]),
  );
  return (
    <Panel title="Variables" count={view.variables.length}>
      {view.variables.length === 0 && <p className={styles.empty}>None.</p>}
      <dl className={styles.variables}>
        {view.variables.map((variable) => (
          <div key={variable.variableKey}>
            <dt>
              {variable.name}
              {scopes.has(variable.scopeKey) && <small> in {scopes.get(variable.scopeKey)}</small>}
            </dt>
            <dd>
              <pre>{prettyJson(variable.value)}</pre>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Jobs({ view }: { readonly view: InstanceView }) {
  if (view.jobs.length === 0) return null;
  return (
    <Panel title="Jobs" count={view.jobs.length}>
      <ul className={styles.jobs}>
        {view.jobs.map((job) => (
          <li key={job.jobKey}>
            <span>
              <b>{job.type}</b> <small>at {job.elementId}</small>
            </span>
            <span className={styles.stepTime}>
              {words(job.state)} · {job.retries} {job.retries === 1 ? 'retry' : 'retries'} left
              {job.worker !== '' && ` · ${job.worker}`}
            </span>
            {job.errorMessage !== '' && <span className={styles.bad}>{job.errorMessage}</span>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Called({ view }: { readonly view: InstanceView }) {
  if (view.called.length === 0) return null;
  return (
    <Panel title="Called instances" count={view.called.length}>
      <ul className={styles.jobs}>
        {view.called.map((called) => (
          <li key={called.processInstanceKey}>
            <span>
              <Link to={`/instances/${called.processInstanceKey}`}>
                {called.processDefinitionName ?? called.processDefinitionId}
              </Link>{' '}
              <Badge instance={called} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
