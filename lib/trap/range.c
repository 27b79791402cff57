/* SPDX-License-Identifier: MIT
 *
 * lib/trap/range.c - elements and parts in words, and the elements that two ranges share.
 *
 * A range is contiguous or a tile: rows at equal distances. What two of them share is found
 * row by row, by arithmetic on the other's rows, never element by element; and it is exact.
 */
#include "label.h"

bool deed_site_is_of_tile(const struct deed_report_site *site)
{
	return site->part_x_lo > 0 || site->part_x_hi > 1;
}

void deed_put_part(struct deed_writer *out, const struct deed_report_site *site)
{
	if (site->is_async)
		deed_put_text(out, site->parts ? "of deed_async(), begun by " : "of deed_async()");
	if (!site->parts)
		return;
	deed_put_format(out, "part %zu of %zu (", site->part, site->parts);
	if (deed_site_is_of_tile(site))
		deed_put_format(out, "rows [%zu, %zu), columns [%zu, %zu))", site->part_lo,
				site->part_hi, site->part_x_lo, site->part_x_hi);
	else
		deed_put_format(out, "[%zu, %zu))", site->part_lo, site->part_hi);
}

bool deed_site_has_range(const struct deed_report_site *site)
{
	return site->lo < site->hi;
}

size_t deed_site_rows(const struct deed_report_site *site)
{
	return deed_site_has_range(site) && site->pitch && site->rows > 1 ? site->rows : 1;
}

static void put_elements(struct deed_writer *out, size_t lo, size_t hi)
{
	if (hi - lo == 1)
		deed_put_format(out, "element %zu", lo);
	else
		deed_put_format(out, "elements [%zu, %zu)", lo, hi);
}

void deed_put_range(struct deed_writer *out, const struct deed_report_site *site)
{
	if (!deed_site_has_range(site))
		return;
	put_elements(out, site->lo, site->hi);
	if (deed_site_rows(site) > 1)
		deed_put_format(out, " in each of %zu rows, %zu apart", deed_site_rows(site),
				site->pitch);
}

/* The runs that two ranges share, in ascending order; as long as they are alike, one after another
 * at equal distances, they are a tile again. */
struct common {
	size_t lo, hi; /* the first run */
	size_t last_lo, step, runs;
	bool is_uneven;
};

/* More rows than this are not looked at, which bounds the time that a report takes. */
#define ROWS_LOOKED_AT 100000

static void add_run(struct common *common, size_t lo, size_t hi)
{
	if (!common->runs) {
		common->lo = lo;
		common->hi = hi;
	} else if (common->runs == 1) {
		common->step = lo - common->lo;
	}
	common->is_uneven |= hi - lo != common->hi - common->lo ||
			     (common->runs && lo - common->last_lo != common->step);
	common->last_lo = lo;
	common->runs++;
}

/* Adds what [lo, hi) shares with the rows of `site`. */
static void add_common(struct common *common, size_t lo, size_t hi,
		       const struct deed_report_site *site)
{
	const size_t width = site->hi - site->lo, rows = deed_site_rows(site);
	size_t first = 0, last = 0;

	if (hi <= site->lo)
		return;
	if (rows > 1) {
		first = lo < site->hi ? 0 : (lo - site->hi) / site->pitch + 1;
		last = deed_min((hi - 1 - site->lo) / site->pitch, rows - 1);
	}
	for (size_t row = first; row <= last && common->runs < ROWS_LOOKED_AT; row++) {
		const size_t start = site->lo + row * site->pitch;
		const size_t common_lo = deed_max(lo, start);
		const size_t common_hi = deed_min(hi, start + width);

		if (common_lo < common_hi)
			add_run(common, common_lo, common_hi);
	}
}

bool deed_put_common(struct deed_writer *out, const struct deed_report_site *a,
		     const struct deed_report_site *b)
{
	struct common common = { 0 };
	size_t rows;

	if (!deed_site_has_range(a) || !deed_site_has_range(b))
		return false;
	if (deed_site_rows(a) > deed_site_rows(b)) {
		const struct deed_report_site *const fewer = b;

		b = a;
		a = fewer;
	}
	rows = deed_min(deed_site_rows(a), ROWS_LOOKED_AT);
	for (size_t row = 0; row < rows; row++)
		add_common(&common, a->lo + row * a->pitch, a->hi + row * a->pitch, b);
	if (!common.runs)
		return false;
	put_elements(out, common.lo, common.hi);
	if (common.runs > 1 && common.is_uneven)
		deed_put_format(out, " and %zu more runs", common.runs - 1);
	else if (common.runs > 1)
		deed_put_format(out, " in each of %zu rows, %zu apart", common.runs, common.step);
	return true;
}
