import { useState } from 'react';
import { Button } from './Button.tsx';
import styles from './Copy.module.css';

/** A command line to copy. */
export function Copy({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <span className={styles.copy}>
      <code>{text}</code>
      <Button
        aria-label={`Copy: ${text}`}
        onClick={() => {
          void navigator.clipboard.writeText(text).then(() => setCopied(true));
        }}
      >
        {copied ? 'Copied' : 'Copy'}
      </Button>
    </span>
  );
}
