import { AirglowError } from '../../errors.ts';
import type { AcuShape } from '../../capacity/acu.ts';
import { DEFAULT_SHAPE } from '../../capacity/acu.ts';
import type { PriceOptions } from '../options.ts';
import type { CostComparison, Offer } from '../results.ts';
import type { InstanceClass, RegionPrices, StoragePrices } from './price-list.ts';
import { HOURS_A_MONTH, pricesOf } from './price-list.ts';

const GIB = 1024 ** 3;

export interface Consumption {
  /** ACU-hours a month of 730 hours, as Aurora's policy and as Airglow would have had them. */
  readonly auroraAcuHours: number;
  readonly airglowAcuHours: number;
  /** Of the demand, ACU: an instance that is provisioned has to hold it. */
  readonly peakDemandAcu: number;
  /** It is of means over minutes: above them requests would wait. */
  readonly isPeakOfMeans?: boolean;
  /** What a host of one's own has to hold: the maximum, or the peak of the demand where that is less. */
  readonly hostAcu: number;
  readonly shape?: AcuShape;
}

/** What a month costs, one way or the other. */
export function compareCosts(consumption: Consumption, options: PriceOptions): CostComparison {
  checkOptions(options);
  const prices = pricesOf(options.region);
  const shape = consumption.shape ?? DEFAULT_SHAPE;
  const instance = prices.instances.find((candidate) => acuOf(candidate, shape) >= consumption.peakDemandAcu);
  const offers = [
    ...auroraOffers('Aurora Serverless v2', serverless(consumption, prices), options, prices),
    ...(instance === undefined ? [] : provisionedOffers(instance, options, prices)),
    ...hostOffers(consumption, options, prices),
  ];
  return {
    region: prices.region,
    date: prices.date,
    source: prices.source,
    offers: offers.sort((one, other) => one.total - other.total),
    remarks: [
      ioRemark('Aurora Serverless v2', serverless(consumption, prices), options, prices),
      instanceRemark(instance, consumption, prices),
      "Left out: reserved instances and savings plans, backups, data transfer, readers and standbys, and the work of running a host of one's own.",
      ...prices.notes,
    ],
  };
}

/** Capacity for a month, in words and in money, with either kind of storage. */
interface Capacity {
  readonly formula: (price: string) => string;
  readonly amount: number;
  readonly price: StoragePrices;
}

function serverless({ auroraAcuHours }: Consumption, { acuHour }: RegionPrices): Capacity {
  return {
    formula: (price) => `${figure(auroraAcuHours)} ACU-hours x ${price} USD`,
    amount: auroraAcuHours,
    price: acuHour,
  };
}

function provisionedOffers(instance: InstanceClass, options: PriceOptions, prices: RegionPrices): Offer[] {
  const capacity: Capacity = {
    formula: (price) => `${HOURS_A_MONTH} hours x ${price} USD`,
    amount: HOURS_A_MONTH,
    price: instance.hourly,
  };
  return auroraOffers(`Aurora provisioned ${instance.name}`, capacity, options, prices);
}

function auroraOffers(
  name: string,
  { formula, amount, price }: Capacity,
  { storageGib, ioMillions }: PriceOptions,
  { storageGibMonth, ioMillion }: RegionPrices,
): Offer[] {
  const storage = (perGib: number) => `${figure(storageGib)} GiB x ${figure(perGib)} USD`;
  return [
    offer(
      `${name}, Standard`,
      amount * price.standard,
      storageGib * storageGibMonth.standard,
      ioMillions * ioMillion,
      `${formula(figure(price.standard))} + ${storage(storageGibMonth.standard)} + ${figure(ioMillions)} million I/O x ${figure(ioMillion)} USD`,
    ),
    offer(
      `${name}, I/O-Optimized`,
      amount * price.ioOptimized,
      storageGib * storageGibMonth.ioOptimized,
      0,
      `${formula(figure(price.ioOptimized))} + ${storage(storageGibMonth.ioOptimized)}`,
    ),
  ];
}

/** A share of a host, for those who run many databases on one, and a host that this one has for itself. */
function hostOffers(
  { airglowAcuHours, hostAcu }: Consumption,
  { storageGib, hostPricePerAcuHour }: PriceOptions,
  prices: RegionPrices,
): Offer[] {
  const price = hostPricePerAcuHour ?? prices.hostAcuHour;
  const storageCost = storageGib * prices.hostStorageGibMonth;
  const storage = `${figure(storageGib)} GiB x ${figure(prices.hostStorageGibMonth)} USD`;
  return [
    offer(
      'Airglow, a share of a host',
      airglowAcuHours * price,
      storageCost,
      0,
      `${figure(airglowAcuHours)} ACU-hours x ${figure(price)} USD + ${storage}`,
    ),
    offer(
      'Airglow, a host of its own',
      hostAcu * HOURS_A_MONTH * price,
      storageCost,
      0,
      `${figure(hostAcu)} ACU x ${HOURS_A_MONTH} hours x ${figure(price)} USD + ${storage}`,
    ),
  ];
}

function offer(
  name: string,
  capacityCost: number,
  storageCost: number,
  ioCost: number,
  formula: string,
): Offer {
  return { name, capacityCost, storageCost, ioCost, total: capacityCost + storageCost + ioCost, formula };
}

/** From how many I/O requests a month the dearer capacity and storage cost less than the requests. */
function ioRemark(
  name: string,
  { amount, price }: Capacity,
  { storageGib, ioMillions }: PriceOptions,
  { storageGibMonth, ioMillion }: RegionPrices,
): string {
  const premium =
    amount * (price.ioOptimized - price.standard) +
    storageGib * (storageGibMonth.ioOptimized - storageGibMonth.standard);
  const breakEven = premium / ioMillion;
  const pays = ioMillions > breakEven ? 'so it pays' : 'so it does not pay';
  return `${name}: I/O-Optimized is cheaper than Standard from ${figure(breakEven)} million I/O requests a month (${figure(premium)} USD more for capacity and storage, ${figure(ioMillion)} USD for each million); ${figure(ioMillions)} million are assumed, ${pays}.`;
}

function instanceRemark(
  instance: InstanceClass | undefined,
  { peakDemandAcu, isPeakOfMeans = false, shape = DEFAULT_SHAPE }: Consumption,
  { instances }: RegionPrices,
): string {
  const peak = isPeakOfMeans
    ? `the peak that was measured, ${figure(peakDemandAcu)} ACU as a mean (in bursts above it requests wait)`
    : `the peak of the demand, ${figure(peakDemandAcu)} ACU`;
  if (instance === undefined) {
    const largest = instances.at(-1)!;
    return `No instance of the list holds ${peak}: the largest, ${largest.name}, has ${figure(acuOf(largest, shape))} ACU.`;
  }
  return `${instance.name} is the smallest class of the list whose CPUs and memory hold ${peak}: it has ${instance.vcpus} vCPUs and ${instance.memoryGib} GiB, which is ${figure(acuOf(instance, shape))} ACU.`;
}

function acuOf({ vcpus, memoryGib }: InstanceClass, shape: AcuShape): number {
  return Math.min(vcpus / shape.cpus, (memoryGib * GIB) / shape.memoryBytes);
}

function checkOptions({ storageGib, ioMillions, hostPricePerAcuHour }: PriceOptions): void {
  checkAmount('storage, in GiB,', storageGib);
  checkAmount('millions of I/O requests', ioMillions);
  if (hostPricePerAcuHour !== null) checkAmount('price of a host, per ACU-hour,', hostPricePerAcuHour);
}

function checkAmount(name: string, amount: number): void {
  if (Number.isFinite(amount) && amount >= 0) return;
  throw new AirglowError('INVALID_ARGUMENT', `The ${name} must be 0 or more, not ${amount}.`);
}

/** As exact as anybody needs to do it again by hand. */
function figure(value: number): string {
  return String(Number(value.toFixed(Math.abs(value) < 10 ? 6 : 2)));
}
