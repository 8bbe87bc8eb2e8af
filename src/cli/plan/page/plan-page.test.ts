import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hostilePlan, severalPlan, shopPlan, tieredPlan } from '../plan-fixture.ts';
import { renderPlanPage } from './plan-page.ts';

describe('renderPlanPage', () => {
  const page = renderPlanPage(shopPlan());

  it('begins with the answer', () => {
    expect(page).toMatch(/<h1>shop: 1 to 12 ACU, about \$262 a month<\/h1>/);
    expect(page).toContain('ACU-hours a month x $0.12 = $261.88');
  });

  it('needs nothing from elsewhere', () => {
    expect(page).not.toMatch(/\b(?:src|href|srcset|action)\s*=|@import|url\(|<link|<iframe|<object/i);
    expect(page).toContain('default-src &#39;none&#39;');
  });

  it('allows its own script and no other', () => {
    const scripts = [...page.matchAll(/<script>([^]*?)<\/script>/g)].map(([, body]) => body ?? '');
    expect(scripts).toHaveLength(1);
    const hash = createHash('sha256')
      .update(scripts[0] ?? '')
      .digest('base64');
    expect(page).toContain(`script-src &#39;sha256-${hash}&#39;`);
  });

  it('escapes whatever a trace is called and says', () => {
    const hostile = renderPlanPage(hostilePlan());
    expect(hostile).not.toContain('<script>alert');
    expect(hostile).not.toContain('<img');
    expect(hostile).toContain('&lt;script&gt;alert(1)&lt;/script&gt; [31m&amp;&quot;quotes&quot;');
    expect(hostile.match(/<\/style>/g)).toHaveLength(1);
  });

  it('closes every element that it opens', () => {
    const depth: string[] = [];
    const voids = new Set(['meta', 'path', 'br', '!doctype']);
    const markup = renderPlanPage(severalPlan()).replace(/<(script|style)\b[^>]*>[^]*?<\/\1>/g, '');
    for (const [, slash, name = ''] of markup.matchAll(/<(\/?)([!a-z][a-z0-9]*)/gi)) {
      if (voids.has(name.toLowerCase())) continue;
      if (slash !== '/') depth.push(name);
      // What is closed out of turn stays there.
      else if (depth.at(-1) === name) depth.pop();
      else depth.push(`/${name}`);
    }
    expect(depth).toEqual([]);
  });

  it('shows each load that is not flat, and no figure that is none', () => {
    const several = renderPlanPage(severalPlan());
    expect(several.match(/<section class="trace">/g)).toHaveLength(2);
    expect(several).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  it('says what a second tier would change, where that was asked for', () => {
    expect(page).not.toContain('Optimized Reads');
    const tiered = renderPlanPage(tieredPlan());
    expect(tiered).toContain(
      '<b>A second cache tier of 8 GiB would help: waits for reads would fall by 95 %.</b>',
    );
    expect(tiered).toContain('IO:TieredCacheRead');
    expect(tiered).toContain('$157.13');
    const hostile = renderPlanPage(tieredPlan({ remarks: ['<script>alert(3)</script>'] }));
    expect(hostile).not.toContain('<script>alert');
  });

  it('has a picture of every policy', () => {
    expect(page.match(/<div class="small /g)).toHaveLength(shopPlan().traces[0]?.charts.length ?? 0);
  });
});
