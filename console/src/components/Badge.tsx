import { stateOf } from '../views/places.ts';
import styles from './Badge.module.css';

/** The state of an instance as a coloured word. */
export function Badge({
  instance,
}: {
  readonly instance: { readonly state: string; readonly hasIncident: boolean };
}) {
  const { mood, text } = stateOf(instance);
  return <span className={`${styles.badge} ${styles[mood] ?? ''}`}>{text}</span>;
}
