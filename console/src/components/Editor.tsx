import { useId, useState } from 'react';
import { jsonMistake } from '../views/json.ts';
import { Button } from './Button.tsx';
import styles from './Editor.module.css';
import { Problem } from './Note.tsx';

interface EditorProps {
  readonly label: string;
  readonly initial: string;
  readonly action: string;
  readonly pending: boolean;
  /** What the server said of the last attempt. */
  readonly error: Error | null;
  readonly onSave: (text: string) => void;
  readonly onClose: () => void;
}

/** JSON to edit and send. What is no JSON is said before it is sent. */
export function Editor({ label, initial, action, pending, error, onSave, onClose }: EditorProps) {
  const [text, setText] = useState(initial);
  const mistake = jsonMistake(text);
  const id = useId();
  return (
    <form
      className={styles.editor}
      onSubmit={(event) => {
        event.preventDefault();
        if (mistake === undefined) onSave(text);
      }}
    >
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        spellCheck={false}
        rows={Math.min(24, Math.max(9, text.split('\n').length + 1))}
        value={text}
        onChange={(event) => setText(event.target.value)}
        aria-invalid={mistake !== undefined}
        aria-describedby={`${id}-mistake`}
      />
      <p id={`${id}-mistake`} className={styles.mistake} aria-live="polite">
        {mistake}
      </p>
      <Problem error={error} />
      <div className={styles.buttons}>
        <Button onClick={onClose}>Close</Button>
        <Button look="main" type="submit" disabled={pending || mistake !== undefined}>
          {action}
        </Button>
      </div>
    </form>
  );
}
