/** In the order in which Zeebe keeps names: those of fewer bytes first, those of one length as their bytes are. */
export function byName<Row>(rows: readonly Row[], nameOf: (row: Row) => string): readonly Row[] {
  if (rows.length < 2) return rows;
  const keyed = rows.map((row) => ({
    row,
    points: [...nameOf(row)].map((sign) => sign.codePointAt(0) ?? 0),
  }));
  keyed.sort(
    (left, right) => utf8Length(left.points) - utf8Length(right.points) || compare(left.points, right.points),
  );
  return keyed.map(({ row }) => row);
}

function utf8Length(points: readonly number[]): number {
  return points.reduce(
    (sum, point) => sum + (point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4),
    0,
  );
}

/** Code points are ordered as their UTF-8 bytes are. */
function compare(left: readonly number[], right: readonly number[]): number {
  for (const [index, point] of left.entries()) {
    const difference = point - (right[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Each name once, in the order in which a hash set of Java hands them out: Zeebe lists some names of a refusal so. */
export function inHashOrder(names: readonly string[]): readonly string[] {
  const distinct = [...new Set(names)];
  let buckets = 16;
  while (distinct.length > buckets * 0.75) buckets *= 2;
  const bucketOf = (name: string): number => {
    let hash = 0;
    for (let at = 0; at < name.length; at++) hash = (Math.imul(31, hash) + name.charCodeAt(at)) | 0;
    return (hash ^ (hash >>> 16)) & (buckets - 1);
  };
  return distinct
    .map((name) => ({ name, bucket: bucketOf(name) }))
    .sort((left, right) => left.bucket - right.bucket)
    .map(({ name }) => name);
}
