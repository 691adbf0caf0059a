/** All that a journey file imports. */
export { days, hours, minutes, seconds, weeks, type Duration } from '../../domain/duration';
export { on } from '../../domain/events';
export { daily } from '../../domain/local-moment';
export { after, always, journey, never, percent, segment } from './journey';
