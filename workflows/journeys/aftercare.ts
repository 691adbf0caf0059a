import { after, daily, days, hours, journey, on } from '../engine/vocabulary';

/** After a service: asks how it went, and tells the team of one whom it left unhappy. */
export const aftercare = journey(
  'aftercare',
  {
    entry: on('service.completed'),
    key: 'vehicleId',
    reentry: after(days(60)),
    exit: on('customer.churned'),
    sendWindow: daily('09:00', '20:00'),
  },
  async (c) => {
    await c.wait(hours(20));
    const answer = await c.survey('csat', { within: days(7) });
    if (answer && answer.score <= 2) await c.alertTeam('unhappy-after-service', { score: answer.score });
  },
);
