// Builds the dashboard into dist/web. Part of `npm run build`.
import { buildWeb } from './set-up.mjs';

buildWeb();
