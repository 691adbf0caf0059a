/** After how many days and how many kilometres a car is due for service, whichever comes first. */
export interface ServiceInterval {
  readonly days: number;
  readonly kilometres: number;
}

/** What an odometer showed at an instant (epoch milliseconds). */
export interface OdometerReading {
  readonly at: number;
  readonly kilometres: number;
}

const day = 86_400_000;

/**
 * When the next service is due, epoch milliseconds: the earlier of the date and the day on which the car reaches the
 * mileage at the pace it has had since its last service. Without a later reading only the date counts; a reading that
 * is not later, or lower than the last service's, tells no pace.
 */
export function serviceDue(
  interval: ServiceInterval,
  lastService: OdometerReading,
  latest?: OdometerReading,
): number {
  const byDate = lastService.at + interval.days * day;
  if (!latest) return byDate;
  const driven = latest.kilometres - lastService.kilometres;
  if (driven >= interval.kilometres) return Math.min(byDate, latest.at);
  const pace = driven / (latest.at - lastService.at);
  if (!Number.isFinite(pace) || pace <= 0) return byDate;
  return Math.min(byDate, Math.round(lastService.at + interval.kilometres / pace));
}
