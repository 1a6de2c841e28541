/**
 * What a person sees of the tests.
 *
 * @typedef {import('./testRecord.mjs').TestRecord} TestRecord
 */

const marks = { passed: '✓', failed: '✗', skipped: '-' };

/**
 * Shows tests as they end: each one, or one line per outermost suite.
 *
 * @param {boolean} everyTest
 */
export function progress(everyTest) {
  return everyTest ? showTests() : showSuites();
}

function showTests() {
  let suite = '';
  return {
    /** @param {TestRecord} test */
    add(test) {
      const name = test.suites.join(' › ');
      if (name !== suite) console.log(`  ${name}`);
      suite = name;
      console.log(`    ${marks[test.state]} ${test.title} (${duration(test.milliseconds)})`);
    },
    end() {},
  };
}

function showSuites() {
  /** @type {TestRecord[]} */
  let tests = [];
  const end = () => {
    if (tests.length === 0) return;
    const total = tests.reduce((sum, test) => sum + test.milliseconds, 0);
    const state = tests.some((test) => test.state === 'failed') ? 'failed' : 'passed';
    console.log(`  ${marks[state]} ${tests[0].suites[0]}: ${counts(tests)} (${duration(total)})`);
    for (const suite of skippedSuites(tests)) console.log(`    - ${suite}`);
    tests = [];
  };
  return {
    /** @param {TestRecord} test */
    add(test) {
      if (tests.length > 0 && tests[0].suites[0] !== test.suites[0]) end();
      tests.push(test);
      if (test.state === 'failed') console.log(`    ${marks.failed} ${fullTitle(test)}`);
    },
    end,
  };
}

/**
 * The names of what was skipped: a suite that was skipped as a whole is named once.
 *
 * @param {readonly TestRecord[]} tests of one outermost suite
 */
function skippedSuites(tests) {
  const skipped = tests.filter((test) => test.state === 'skipped');
  return new Set(skipped.map((test) => (skipped.length === tests.length ? test.suites[0] : fullTitle(test))));
}

/**
 * @param {readonly TestRecord[]} tests
 * @returns {string} `N passed, N failed`, and the skipped ones if there are any
 */
export function counts(tests) {
  const count = (/** @type {TestRecord['state']} */ state) => tests.filter((test) => test.state === state).length;
  const skipped = count('skipped');
  return `${count('passed')} passed, ${count('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** @param {readonly TestRecord[]} tests every failure in full, that of a test which was tried again, too */
export function showFailures(tests) {
  const again = tests.filter((test) => test.state === 'passed' && test.failedBefore !== undefined);
  if (again.length > 0) console.log('\nPassed only when tried again');
  for (const test of again) console.log(`\n✓ ${fullTitle(test)}\n${indented(test.failedBefore ?? '')}`);
  const failures = tests.filter((test) => test.state === 'failed');
  if (failures.length > 0) console.log('\nFailures');
  for (const test of failures) {
    console.log(`\n✗ ${fullTitle(test)}\n${indented(test.error ?? 'no reason was recorded')}`);
    if (test.failedBefore !== undefined) console.log(`  Before it was tried again:\n${indented(test.failedBefore)}`);
  }
}

/** @param {TestRecord} test */
const fullTitle = (test) => [...test.suites, test.title].join(' › ');

/** @param {string} text */
const indented = (text) => text.trimEnd().replace(/^/gm, '    ');

/** @param {number} milliseconds */
export const duration = (milliseconds) =>
  milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
