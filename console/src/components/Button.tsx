import type { ButtonHTMLAttributes } from 'react';
import styles from './Button.module.css';

export function Button({
  look = 'plain',
  ...rest
}: { readonly look?: 'plain' | 'main' | 'bad' } & ButtonHTMLAttributes<HTMLButtonElement>) {
  return <button type="button" className={`${styles.button} ${styles[look] ?? ''}`} {...rest} />;
}
