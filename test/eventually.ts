/** Asks until the answer is no longer undefined, null or false; fails after so many seconds. */
export async function eventually<Result>(
  ask: () => Promise<Result | undefined | null | false>,
  seconds = 200,
): Promise<Result> {
  const end = Date.now() + seconds * 1_000;
  while (Date.now() < end) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`It did not come to that within ${seconds} seconds.`);
}
