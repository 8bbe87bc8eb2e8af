/** Style sheet of the pages that work without the dashboard. */
export const SIGN_IN_STYLE = `:root {
  color-scheme: light dark;
  --ground: #f6f7f9;
  --paper: #ffffff;
  --ink: #1c2330;
  --line: #8a94a6;
  --accent: #0b5fae;
  --alarm: #a4161a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10141b;
    --paper: #1a202b;
    --ink: #e6eaf1;
    --line: #75819a;
    --accent: #7ab8f5;
    --alarm: #ff9b9b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  min-height: 100vh;
  display: grid;
  place-items: center;
  padding: 1rem;
  background: var(--ground);
  color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif;
}
main {
  width: 100%;
  max-width: 26rem;
  padding: 1.5rem;
  background: var(--paper);
  border: 1px solid var(--line);
  border-radius: 0.5rem;
}
h1 { margin: 0 0 1rem; font-size: 1.25rem; }
form { display: grid; gap: 0.5rem; margin: 1rem 0; }
input, button { width: 100%; padding: 0.5rem 0.75rem; font: inherit; border-radius: 0.25rem; }
input { color: inherit; background: var(--ground); border: 1px solid var(--line); }
button { color: var(--paper); background: var(--accent); border: 1px solid var(--accent); cursor: pointer; }
input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); }
[role='alert'] { color: var(--alarm); font-weight: 600; }
code { overflow-wrap: anywhere; }
`;
