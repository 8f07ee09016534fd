import type { FateView } from '../api/event-types.ts';
import { Link } from '../app/navigation.tsx';
import { type FateTone, fateWord } from '../views/events.ts';
import styles from './Word.module.css';

/** A state as a coloured word. */
export function Word({ word, tone }: { readonly word: string; readonly tone: FateTone }) {
  return <span className={`${styles.word} ${styles[tone] ?? ''}`}>{word}</span>;
}

/** What became of an event: the word, the sentence, and the way to the instance that it moved. */
export function Fate({ fate }: { readonly fate: FateView | undefined }) {
  return (
    <span className={styles.fate}>
      <Word {...fateWord(fate)} />
      {fate !== undefined && <span>{fate.text}</span>}
      {fate?.processInstanceKey !== undefined && (
        <Link className={styles.link} to={`/instances/${fate.processInstanceKey}`}>
          Show the instance
        </Link>
      )}
    </span>
  );
}
