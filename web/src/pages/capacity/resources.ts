import type { CapacityAnswer } from '../../../../src/api/capacity-answers.ts';

export type Resource = keyof CapacityAnswer['demand'];

export const RESOURCES: readonly Resource[] = ['cpu', 'memory', 'network', 'connections'];

/** Each is told by its dashes as well as by its colour. */
export const RESOURCE_LOOKS: Readonly<
  Record<Resource, { readonly name: string; readonly color: string; readonly dash?: readonly number[] }>
> = {
  cpu: { name: 'CPU', color: '#009e73' },
  memory: { name: 'memory', color: '#9467bd', dash: [8, 3] },
  network: { name: 'network', color: '#e69f00', dash: [2, 3] },
  connections: { name: 'connections', color: '#3d9bd6', dash: [8, 3, 2, 3] },
};
