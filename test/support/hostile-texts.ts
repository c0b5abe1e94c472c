// Texts that would run as a script, or change what a reader sees, wherever one is taken for markup.
// Each script that runs calls hit().

const scripts: readonly string[] = [
  '<script>hit()</script>',
  '"><script>hit()</script>',
  "'><script>hit()</script>",
  '</script><script>hit()</script>',
  '</style><script>hit()</script>',
  '</textarea><script>hit()</script>',
  '</title><img src=x onerror=hit()>',
  '--><script>hit()</script>',
  ']]><script>hit()</script>',
  '<img src=x onerror=hit()>',
  '"><img src=x onerror=hit()>',
  "'><img src=x onerror=hit()>",
  '<img src="x" onerror="hit()">',
  '<svg onload=hit()>',
  '<svg><script>hit()</script></svg>',
  '<svg><animate onbegin=hit() attributeName=x dur=1s>',
  '<math><mtext><script>hit()</script></mtext></math>',
  '<body onload=hit()>',
  '<iframe src="javascript:parent.hit()"></iframe>',
  '<iframe srcdoc="<script>parent.hit()</script>"></iframe>',
  '<object data="javascript:hit()"></object>',
  '<embed src="javascript:hit()">',
  '<a href="javascript:hit()">open</a>',
  '<form action="javascript:hit()"><button>go</button></form>',
  '<input autofocus onfocus=hit()>',
  '<details open ontoggle=hit()>',
  '<video><source onerror=hit()></video>',
  '<audio src=x onerror=hit()>',
  '<link rel=stylesheet href="javascript:hit()">',
  '<meta http-equiv=refresh content="0;url=javascript:hit()">',
  '<base href="https://example.org/">',
  '<template><script>hit()</script></template>',
  '<noscript><img src=x onerror=hit()></noscript>',
  '" autofocus onfocus=hit() x="',
  "' autofocus onfocus=hit() x='",
  '` onmouseover=hit() `',
  'javascript:hit()',
  'data:text/html,<script>hit()</script>',
  '${hit()}',
  '{{hit()}}',
  '{@html "<script>hit()</script>"}',
  '<%= hit() %>',
  '&lt;script&gt;hit()&lt;/script&gt;',
  '\\u003cscript\\u003ehit()\\u003c/script\\u003e',
  '%3Cscript%3Ehit()%3C/script%3E',
  '<ſcript>hit()</ſcript>',
];
const spellings: readonly string[] = [
  '\u202egnp.exe',
  '\u2066left\u2069',
  'zero\u200bwidth',
  '=HYPERLINK("https://example.org";"open")',
  '+1-1|calc',
  '@SUM(1)',
  '-2+3',
];

/** More than 50. */
export const hostileTexts: readonly string[] = [...scripts, ...spellings];

/** The same as names of files, which hold no slash. */
export const hostileNames: readonly string[] = hostileTexts.map((text) =>
  text.replaceAll('/', '∕'),
);
