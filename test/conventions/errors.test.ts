/** One grammar for errors: no message of the sources is outside it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { isOurs } from '../harness/grammar';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../src');

/**
 * Messages for which no argument is to blame: faults of the library's own, and verdicts that a caller
 * puts the operation's name before.
 */
const others = [
  'aborted',
  "WGSL declares nothing in '…'",
  "no bracket closes the one before '…'",
  'there are no files of …',
  '…: nothing is bound as …',
  "the device's timestamps run backwards (… … …)",
  '… … gives …, and it should be …',
  "this device's compiler defeats high precision: it reassociates compensated sums, and a probability of … became …; use the default precision",
];

/** The text of a message with … for each value in it; undefined for what is put together elsewhere. */
function textOf(node: ts.Expression | undefined): string | undefined {
  if (!node) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
  }
  if (!ts.isBinaryExpression(node)) return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}

/** The messages of a file's errors. */
function messagesOf(path: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && /^(Range|Type)?Error$/.test(node.expression.getText())) {
      const text = textOf(node.arguments?.[0]);
      if (text !== undefined) found.push(text);
    }
    ts.forEachChild(node, visit);
  };
  visit(
    ts.createSourceFile(
      path,
      readFileSync(path, 'utf8'),
      ts.ScriptTarget.Latest,
      /* parents */ true,
    ),
  );
  return found;
}

/** The operation's name before what is said elsewhere, by the GPU for one. */
const passesOn = (message: string) => /^[\w…]+: …(: …)?$/.test(message);

/** As it may be with values in it; what to do has a place of its own where a runtime says it. */
const asCalled = (message: string) =>
  message.replace(/^…: /, 'op: ').replace(/\]…$/, ']').replace(/; …$/, '; call it');

test('every message is in the grammar', () => {
  const messages = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => messagesOf(join(root, name)));
  expect(messages.length).toBeGreaterThan(40);
  const outside = messages.filter((text) => !passesOn(text) && !isOurs(asCalled(text)));
  expect(outside.filter((text) => !others.includes(text))).toEqual([]);
  expect(others.filter((text) => !outside.includes(text))).toEqual([]);
});

test.each([
  "softmax: x: expected dtype 'f32' or 'f16', got 'i32'",
  'softmax: axis 3 is out of range [-2, 1] for shape [128, 1000]',
  'softmax: x belongs to another engine; use it with the one that made it',
])('is in the grammar: %s', (message) => {
  expect(isOurs(message)).toBe(true);
});

test.each([
  "topK: values is 'logit'; it may be 'logits' or 'probabilities'",
  'softmax: encoder is 3; it must be a GPUCommandEncoder',
  'softmax: axis 5 is out of range for a tensor of rank 2 (shape [4, 6]); axis may be -2 … 1',
  'softmax: axis 5 is out of range',
  'softmax: x: expected a GpuTensor',
  'read: the tensor is destroyed',
  'expected a GpuTensor, got 3',
])('is not: %s', (message) => {
  expect(isOurs(message)).toBe(false);
});
