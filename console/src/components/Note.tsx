import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import styles from './Note.module.css';

/** A message in place of content: loading, nothing found, an error. */
export function Note({
  title,
  children,
  bad = false,
}: {
  readonly title?: string;
  readonly children?: ReactNode;
  readonly bad?: boolean;
}) {
  return (
    <div className={bad ? styles.bad : styles.note} role={bad ? 'alert' : 'status'}>
      {title !== undefined && <strong>{title}</strong>}
      <div>{children}</div>
    </div>
  );
}

/** An error with what to do about it. */
export function Problem({ error, retry }: { readonly error: Error | null; readonly retry?: () => void }) {
  return error === null ? null : (
    <Note bad title="That did not work">
      {error.message}
      {retry !== undefined && (
        <p>
          <Button onClick={retry}>Try again</Button>
        </p>
      )}
    </Note>
  );
}
