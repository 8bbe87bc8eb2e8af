import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run build` puts the dashboard into dist/web, from where the daemon serves it. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // The daemon allows no inline content.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // `npx vite web`: a page that reloads itself, on the figures of a running `airglow watch` or `airglow up`.
  server: { proxy: { '/api': 'http://127.0.0.1:8642', '/sign-in': 'http://127.0.0.1:8642' } },
});
