/** For how many days each kind of record is kept, where the configuration says nothing else. */
export const retentionDefaults = {
  /** Events of known customers: lifetime value and service intervals look back over years. */
  events: 1_825,
  /** Events of visitors who were never known. */
  anonymousEvents: 90,
  /** Runs that are over. */
  enrolments: 1_825,
  /** What was sent: proof for as long as a consumer may claim (five years in Brazil). */
  messages: 1_825,
  /** Broadcasts that are over, and how far they came. */
  broadcasts: 1_825,
  /** Where the tracked links of messages lead: as long as the messages themselves. */
  links: 1_825,
  /** In which arm of a split somebody was, once its run is over; whoever comes back later is drawn anew. */
  assignments: 1_825,
  /** Statements of consent of people who were erased, without their proofs; those of others stay. */
  consents: 1_825,
  /** Calls to other systems, and alerts to the team. */
  deliveries: 400,
  /** What was told in those that were given up: as long as they can be replayed. */
  undelivered: 30,
  decisions: 730,
  outcomes: 730,
  /** Acts of administrators. */
  audit: 1_825,
} as const;

/** Kinds of records that are deleted by age. */
export type RetainedKind = keyof typeof retentionDefaults;

/** Days after which records of each kind are deleted. */
export type Retention = Readonly<Record<RetainedKind, number>>;

/** Fewest days: a shorter memory would lose what open waits and the attribution of outcomes look back on. */
export const shortestRetention = 30;
