import { AirglowError } from '../../errors.ts';

/**
 * Prices in US dollars, without tax, on demand. Copied by hand at the date of the list; nothing is fetched. Where the
 * list has no figure for a region, the one that is used is derived from us-east-1 and `notes` says how.
 */
export interface RegionPrices {
  readonly region: string;
  /** ISO 8601. */
  readonly date: string;
  readonly source: string;
  /** Per ACU and hour, billed per second. */
  readonly acuHour: StoragePrices;
  /** Per GiB and month. */
  readonly storageGibMonth: StoragePrices;
  /** Per million requests; with I/O-Optimized they are free. */
  readonly ioMillion: number;
  /** Smallest first. */
  readonly instances: readonly InstanceClass[];
  /** A host of one's own, for each ACU that it has. */
  readonly hostAcuHour: number;
  readonly hostStorageGibMonth: number;
  /** What is derived or not verified, in whole sentences. */
  readonly notes: readonly string[];
}

export interface StoragePrices {
  readonly standard: number;
  readonly ioOptimized: number;
}

export interface InstanceClass {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryGib: number;
  readonly hourly: StoragePrices;
}

/** As AWS reckons. */
export const HOURS_A_MONTH = 730;

const DATE = '2026-03-28';
/** The static figures there. What AWS asks today: https://aws.amazon.com/rds/aurora/pricing/ */
const SOURCE =
  'https://github.com/aws/agent-toolkit-for-aws/blob/main/skills/specialized-skills/database-skills/amazon-aurora-mysql/scripts/acu_calculator.py';

/** Standard ACU-hours. */
const ACU_HOUR: Readonly<Record<string, number>> = {
  'us-east-1': 0.12,
  'eu-west-1': 0.14,
  'eu-central-1': 0.14,
  'ap-northeast-1': 0.15,
  'ap-southeast-1': 0.2,
  'ap-southeast-2': 0.2,
  'sa-east-1': 0.25,
};
const HOME = 'us-east-1';
const HOME_ACU_HOUR = 0.12;
/** In us-east-1 an ACU-hour is 0.156 with I/O-Optimized. For instances: commitment_pricing_analyzer.py, beside the source. */
const IO_OPTIMIZED_PREMIUM = 1.3;

/**
 * db.r7g.large for Aurora in us-east-1: 0.276, which is the 0.017 per GiB-hour that others name. Second-hand, of 2024:
 * https://gist.github.com/thom-vend/c710e4fb173b4bea91bc12204c25ee86
 */
const R7G_LARGE_HOUR = 0.276;
const R7G_LARGE_VCPUS = 2;
const GIB_PER_VCPU = 8;
const R7G_VCPUS: Readonly<Record<string, number>> = {
  'db.r7g.large': 2,
  'db.r7g.xlarge': 4,
  'db.r7g.2xlarge': 8,
  'db.r7g.4xlarge': 16,
  'db.r7g.8xlarge': 32,
  'db.r7g.12xlarge': 48,
  'db.r7g.16xlarge': 64,
};

/**
 * EC2 r7g.xlarge with Linux in us-east-1: 0.2142 for 4 vCPUs and 32 GiB, which are 16 ACU by either. Second-hand:
 * https://github.com/deepaksood619/deepaksood619.github.io, docs/databases/sql-databases/aws-aurora/costs.md
 */
const HOST_HOUR = 0.2142;
const HOST_ACU = 16;
/** EBS gp3, with the 3,000 requests a second that come with it: https://aws.amazon.com/ebs/pricing/; not verified. */
const HOST_STORAGE_GIB_MONTH = 0.08;

/** @throws INVALID_ARGUMENT for a region that is not in the list */
export function pricesOf(region: string): RegionPrices {
  const standard = Object.hasOwn(ACU_HOUR, region) ? ACU_HOUR[region] : undefined;
  if (standard === undefined) {
    throw new AirglowError(
      'INVALID_ARGUMENT',
      `The price list has no region '${region}'. It knows ${knownRegions().join(', ')}; choose the one with the closest prices.`,
    );
  }
  // Serverless and provisioned keep the ratio that they have at home.
  const instanceHour = (R7G_LARGE_HOUR * standard) / HOME_ACU_HOUR;
  return {
    region,
    date: DATE,
    source: SOURCE,
    acuHour: withPremium(standard),
    storageGibMonth: { standard: 0.1, ioOptimized: 0.225 },
    ioMillion: 0.2,
    instances: Object.entries(R7G_VCPUS).map(([name, vcpus]) => ({
      name,
      vcpus,
      memoryGib: vcpus * GIB_PER_VCPU,
      hourly: withPremium((instanceHour * vcpus) / R7G_LARGE_VCPUS),
    })),
    hostAcuHour: HOST_HOUR / HOST_ACU,
    hostStorageGibMonth: HOST_STORAGE_GIB_MONTH,
    notes: region === HOME ? HOME_NOTES : [...HOME_NOTES, ELSEWHERE_NOTE],
  };
}

export function knownRegions(): readonly string[] {
  return Object.keys(ACU_HOUR);
}

const HOME_NOTES = [
  `Instance prices are not verified: db.r7g.large at ${R7G_LARGE_HOUR} USD an hour in us-east-1 is second-hand, and larger classes are in proportion to it.`,
  `The price of a host of one's own is not verified: it is a second-hand ${HOST_HOUR} USD an hour for an EC2 r7g.xlarge in us-east-1, which has ${HOST_ACU} ACU, and ${HOST_STORAGE_GIB_MONTH} USD per GiB and month for gp3 storage.`,
];
const ELSEWHERE_NOTE =
  'For this region only the Standard ACU-hour is from the price list. Derived: I/O-Optimized at 1.3 times it, instances at their us-east-1 price times the ratio of the ACU-hours, and storage, I/O and hosts at their us-east-1 prices.';

function withPremium(standard: number): StoragePrices {
  return { standard: roundPrice(standard), ioOptimized: roundPrice(standard * IO_OPTIMIZED_PREMIUM) };
}

/** Without what binary fractions add. */
function roundPrice(price: number): number {
  return Math.round(price * 1e6) / 1e6;
}
