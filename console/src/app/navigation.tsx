import {
  type AnchorHTMLAttributes,
  createContext,
  type MouseEvent,
  type ReactNode,
  useContext,
  useEffect,
  useState,
} from 'react';
import { BASE, type Page, pageOf } from './routes.ts';

interface Navigation {
  readonly page: Page;
  go(path: string, replace?: boolean): void;
}

const Context = createContext<Navigation>({ page: { kind: 'instances', query: '' }, go: () => undefined });

export const useNavigation = () => useContext(Context);

const here = () => pageOf(window.location.pathname, window.location.search);

export function NavigationProvider({ children }: { readonly children: ReactNode }) {
  const [page, setPage] = useState(here);
  useEffect(() => {
    const onPop = () => setPage(here());
    window.addEventListener('popstate', onPop);
    return () => window.removeEventListener('popstate', onPop);
  }, []);
  const go = (path: string, replace = false) => {
    if (replace) window.history.replaceState(null, '', BASE + path);
    else window.history.pushState(null, '', BASE + path);
    setPage(here());
    if (!replace) window.scrollTo(0, 0);
  };
  return <Context value={{ page, go }}>{children}</Context>;
}

/** A link to another page of the console, by its path below `/console`. */
export function Link({ to, ...rest }: { readonly to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const { go } = useNavigation();
  const onClick = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
      return;
    event.preventDefault();
    go(to);
  };
  return <a href={BASE + to} onClick={onClick} {...rest} />;
}
