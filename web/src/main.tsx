import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './app/style.css';
import { App } from './app/app.tsx';
import { applyTheme } from './app/theme.ts';

applyTheme();
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no place for the dashboard');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
