import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client.ts';
import { App } from './app/App.tsx';
import { NavigationProvider } from './app/navigation.tsx';
import './theme.css';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // What the server refuses it will refuse again; what does not reach it may.
      retry: (failures, error) =>
        failures < 3 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <NavigationProvider>
          <App />
        </NavigationProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}
