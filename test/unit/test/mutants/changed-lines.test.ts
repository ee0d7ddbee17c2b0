import { expect, it } from 'vitest';
import { linesOf } from '../../../mutants/changed-lines.ts';

const DIFF = `diff --git lib/a.ts lib/a.ts
index 1..2 100644
--- lib/a.ts
+++ lib/a.ts
@@ -3 +3 @@ const before = 1;
-old
+new
@@ -10,0 +11,4 @@
+four
+new
+lines
+here
@@ -20,2 +24,0 @@
-gone
-too
diff --git lib/table.yml lib/table.yml
--- lib/table.yml
+++ lib/table.yml
@@ -1 +1 @@
-a
+b
diff --git lib/b.ts lib/b.ts
--- lib/b.ts
+++ lib/b.ts
@@ -1,2 +1,2 @@
-a
-b
+c
+d
diff --git lib/shorter.ts lib/shorter.ts
--- lib/shorter.ts
+++ lib/shorter.ts
@@ -7 +6,0 @@
-gone
`;

it('a diff has the lines that it adds and changes in sources, and no others', () => {
  expect([...linesOf(DIFF, 100)]).toEqual([
    ['lib/a.ts', ['3-3', '11-14']],
    ['lib/b.ts', ['1-2']],
  ]);
});

it('a file that starts after the limit is left out', () => {
  expect([...linesOf(DIFF, 5).keys()]).toEqual(['lib/a.ts']);
  expect([...linesOf(DIFF, 6).keys()]).toEqual(['lib/a.ts', 'lib/b.ts']);
});
