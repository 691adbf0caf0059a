/** What a text message costs: providers charge for each segment. */
export interface SmsSegments {
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly segments: number;
}

/** The basic character set of 3GPP TS 23.038, section 6.2.1, without the escape. */
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Its extension: each takes the place of two. */
const extension = new Set('\f^{}\\[~]|€');

/**
 * The segments of a text message. One segment holds 160 GSM-7 characters or 70 UTF-16 units; where there are several,
 * each gives up a part to say which it is (3GPP TS 23.040, section 9.2.3.24.1) and holds 153 or 67. No character, and no
 * pair of units that is one, is cut in two.
 *
 * @example smsSegments('Olá') // { encoding: 'UCS-2', segments: 1 }
 */
export function smsSegments(text: string): SmsSegments {
  const characters = Array.from(text);
  const isGsm = characters.every((character) => basic.has(character) || extension.has(character));
  const sizes = characters.map((character) =>
    isGsm ? (extension.has(character) ? 2 : 1) : character.length,
  );
  const [alone, joined] = isGsm ? [160, 153] : [70, 67];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return {
    encoding: isGsm ? 'GSM-7' : 'UCS-2',
    segments: total <= alone ? 1 : filled(sizes, joined),
  };
}

function filled(sizes: readonly number[], capacity: number): number {
  let segments = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > capacity) {
      segments += 1;
      used = 0;
    }
    used += size;
  }
  return segments;
}
