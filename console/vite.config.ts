import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `vite --config console/vite.config.ts`: develops against a server on port 8080; `vite build` fills console/dist. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, sourcemap: false, chunkSizeWarningLimit: 900 },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['/api', '/v2'].map((path) => [
        path,
        {
          target: 'http://127.0.0.1:8080',
          changeOrigin: true,
          // The server refuses pages of other origins; this one is its own.
          headers: { origin: 'http://127.0.0.1:8080' },
        },
      ]),
    ),
  },
});
