import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import { useEffect, useRef, useState } from 'react';
import type { Mark } from '../views/marks.ts';
import styles from './Diagram.module.css';
import './marks.css';

/** The only folder that knows bpmn-js. Its logo stays, as its licence asks. */

interface DiagramProps {
  readonly xml: string;
  readonly marks: readonly Mark[];
  /** What the diagram says, for those who cannot see it. */
  readonly label: string;
  readonly tall?: boolean;
}

interface Canvas {
  zoom(level?: number | 'fit-viewport', center?: 'auto'): number;
  viewbox(): { readonly inner: Box; readonly outer: { readonly width: number; readonly height: number } };
  viewbox(box: Box): void;
  addMarker(element: string, marker: string): void;
  removeMarker(element: string, marker: string): void;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Overlays {
  add(element: string, type: string, overlay: { position: object; html: HTMLElement }): string;
  remove(filter: { type: string }): void;
}

interface ElementRegistry {
  get(id: string): object | undefined;
}

const LOOKS = ['active', 'incident', 'done', 'canceled'] as const;
const MAX_FIT = 1.1;
/** Room around the diagram, for the numbers at its edges, in its own units. */
const MARGIN = 30;

export function Diagram({ xml, marks, label, tall = false }: DiagramProps) {
  const host = useRef<HTMLDivElement>(null);
  const [viewer, setViewer] = useState<NavigatedViewer>();
  const [shown, setShown] = useState<string>();
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    if (host.current === null) return;
    const created = new NavigatedViewer({
      container: host.current,
      bpmnRenderer: {
        defaultFillColor: 'var(--diagram-fill)',
        defaultStrokeColor: 'var(--diagram-line)',
        defaultLabelColor: 'var(--diagram-text)',
      },
    });
    setViewer(created);
    return () => created.destroy();
  }, []);

  useEffect(() => {
    if (viewer === undefined) return;
    let current = true;
    viewer
      .importXML(xml)
      .then(() => {
        if (!current) return;
        fit(viewer);
        setProblem(undefined);
        setShown(xml);
      })
      .catch((error: unknown) => {
        if (current) setProblem(error instanceof Error ? error.message : String(error));
      });
    return () => {
      current = false;
    };
  }, [viewer, xml]);

  useEffect(() => {
    if (viewer === undefined || shown !== xml) return;
    return paint(viewer, marks);
  }, [viewer, shown, xml, marks]);

  useEffect(() => {
    const frame = host.current;
    if (viewer === undefined || shown !== xml || frame === null) return;
    let width = frame.clientWidth;
    const watching = new ResizeObserver(() => {
      // A turned phone or a resized window asks for a new look; the first report is of the size as it is.
      if (frame.clientWidth === width) return;
      width = frame.clientWidth;
      viewer.get<{ resized(): void }>('canvas').resized();
      fit(viewer);
    });
    watching.observe(frame);
    return () => watching.disconnect();
  }, [viewer, shown, xml]);

  const zoom = (factor: number) => {
    const canvas = viewer?.get<Canvas>('canvas');
    canvas?.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * factor)), 'auto');
  };

  return (
    <div className={tall ? styles.tall : styles.frame}>
      <div ref={host} className={styles.canvas} role="img" aria-label={label} />
      {problem !== undefined && (
        <p className={styles.problem}>This model has no diagram to show: {problem}</p>
      )}
      <div className={styles.tools}>
        <button type="button" onClick={() => zoom(1.25)} aria-label="Zoom in">
          +
        </button>
        <button type="button" onClick={() => zoom(0.8)} aria-label="Zoom out">
          −
        </button>
        <button
          type="button"
          onClick={() => viewer !== undefined && fit(viewer)}
          aria-label="Fit the whole diagram"
        >
          ⤢
        </button>
      </div>
    </div>
  );
}

/** The whole diagram in the middle, with its margin; a small one is not blown up. */
function fit(viewer: NavigatedViewer): void {
  const canvas = viewer.get<Canvas>('canvas');
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min(
    outer.width / (inner.width + 2 * MARGIN),
    outer.height / (inner.height + 2 * MARGIN),
    MAX_FIT,
  );
  const width = outer.width / scale;
  const height = outer.height / scale;
  canvas.viewbox({
    x: inner.x + (inner.width - width) / 2,
    y: inner.y + (inner.height - height) / 2,
    width,
    height,
  });
}

/** Colours and numbers; answers how to take them away. */
function paint(viewer: NavigatedViewer, marks: readonly Mark[]): () => void {
  const canvas = viewer.get<Canvas>('canvas');
  const overlays = viewer.get<Overlays>('overlays');
  const registry = viewer.get<ElementRegistry>('elementRegistry');
  const drawn = marks.filter(({ elementId }) => registry.get(elementId) !== undefined);
  for (const { elementId, look, active, done, incidents } of drawn) {
    canvas.addMarker(elementId, `tutti-${look}`);
    if (active > 0) {
      overlays.add(elementId, 'tutti', {
        position: { bottom: 11, left: -11 },
        html: bubble(active, 'active', 'active here'),
      });
    }
    if (incidents > 0) {
      overlays.add(elementId, 'tutti', {
        position: { top: -11, right: 11 },
        html: bubble(incidents, 'incident', 'with an incident'),
      });
    }
    if (done > 0) {
      overlays.add(elementId, 'tutti', {
        position: { bottom: 11, right: 11 },
        html: bubble(done, 'done', 'done'),
      });
    }
  }
  return () => {
    // The viewer may be gone, or may show another model.
    try {
      overlays.remove({ type: 'tutti' });
      for (const { elementId } of drawn) {
        if (registry.get(elementId) === undefined) continue;
        for (const look of LOOKS) canvas.removeMarker(elementId, `tutti-${look}`);
      }
    } catch {
      // Nothing is left that could be taken away.
    }
  };
}

function bubble(count: number, look: string, meaning: string): HTMLElement {
  const element = document.createElement('div');
  element.className = `tutti-bubble tutti-bubble-${look}`;
  element.textContent = look === 'incident' ? `! ${count}` : String(count);
  element.title = `${count} ${meaning}`;
  return element;
}
