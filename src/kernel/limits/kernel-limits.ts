import { AirglowError } from '../../errors.ts';
import type { ControlFiles } from './control-files.ts';
import { errorCode, refusal } from './refusal.ts';
import type { LimitCapabilities, LimitsHost, ResourceGroup } from './resource-group.ts';

/** What is special to one version. */
export interface HostPlan {
  readonly version: 1 | 2;
  readonly capabilities: LimitCapabilities;
  /** Folders that hold all groups, one for each hierarchy. */
  readonly roots: readonly string[];
  /** Makes what is missing of the group. Raises the system's error or AirglowError. */
  openGroup(name: string): Promise<ResourceGroup>;
}

/** Where groups can be made on this host, and what holds them. */
export class KernelLimits implements LimitsHost {
  readonly version: 1 | 2;
  readonly capabilities: LimitCapabilities;
  readonly #plan: HostPlan;
  readonly #files: ControlFiles;

  constructor(plan: HostPlan, files: ControlFiles) {
    this.version = plan.version;
    this.capabilities = plan.capabilities;
    this.#plan = plan;
    this.#files = files;
  }

  async open(name: string): Promise<ResourceGroup> {
    if (!/^[a-z0-9-]+$/.test(name)) {
      const remedy = 'use small letters, digits and hyphens';
      throw new AirglowError('LIMIT_REFUSED', `"${name}" cannot name a control group: ${remedy}.`);
    }
    try {
      return await this.#plan.openGroup(name);
    } catch (error) {
      const path = (error as NodeJS.ErrnoException).path ?? this.#plan.roots[0] ?? '';
      throw refusal(this.#files, path, 'a new group', error);
    }
  }

  async list(): Promise<readonly string[]> {
    const names = this.#plan.roots.flatMap((root) => this.#files.folders(root));
    return [...new Set(names)].toSorted();
  }

  /** Removes the folders that hold the groups; does nothing while there is a group. For tests, and for good. */
  async removeRoot(): Promise<void> {
    for (const root of this.#plan.roots) {
      try {
        await this.#files.removeFolder(root);
      } catch (error) {
        if (!['ENOENT', 'EBUSY', 'ENOTEMPTY'].includes(errorCode(error))) throw error;
      }
    }
  }
}
