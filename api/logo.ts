/** A leaf with its vein, in a square of 24: what grows again every year. */
export const leafPath =
  'M20.5 3.5C11 3 4.5 7 4.5 13.5c0 2 .7 3.8 1.9 5.1C7 12.5 11 9.5 15 8c-3.5 2.5-6.5 5.5-7.7 11.5 1 .5 2.1.8 3.2.8 6.5 0 10.5-6.5 10-16.8Z';

/** Leaf and name, light on dark, as an SVG file. */
export const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 110 28" width="150" height="38">
<path transform="translate(0 2)" fill="#7fc8a3" d="${leafPath}"/>
<text x="32" y="20" fill="#e9e8de" font-family="system-ui,sans-serif" font-weight="700" font-size="17">Perene</text>
</svg>`;
