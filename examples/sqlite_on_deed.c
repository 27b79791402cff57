/* SPDX-License-Identifier: MIT
 *
 * examples/sqlite_on_deed.c - SQLite, every byte of it in memory of deed's.
 *
 *     cc sqlite_on_deed.c $(pkg-config --cflags --libs deed) -lsqlite3            release
 *     cc -g sqlite_on_deed.c $(pkg-config --cflags --libs deed-trap) -lsqlite3    trap
 *
 *     what SQLite allocates     deed_malloc(), deed_realloc(), deed_free(): in trap builds each
 *                               block is watched, and what SQLite forgot would be a leak
 *     its page cache            a buffer in huge pages, owned here and lent while SQLite runs
 *
 * It writes a database file of customers and their orders, indexes it, joins the two, has
 * SQLite check the file, and tells what memory that took. SQLite itself is as it was
 * installed, and knows nothing of deed.
 */
#include <deed.h>
#include <deed/allocator.h>
#include <deed/malloc.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 100000, CUSTOMERS = 1000, PAGE_BYTES = 4096, PAGES = 1500 };

static const char usage[] =
	"Usage: sqlite_on_deed [--rows=COUNT] [FILE]\n"
	"Makes a database of COUNT orders (100000) in FILE, and keeps it; without FILE, in a\n"
	"temporary one. Prints what is in it, and what memory that took.\n";

/* ---- SQLite's memory ------------------------------------------------------------------------ */

/* SQLite asks how large a block is, so each begins with that. */
struct head {
	_Alignas(16) size_t bytes;
};

static struct head *head_of(void *block)
{
	return (struct head *)block - 1;
}

static void *after(struct head *head, int bytes)
{
	if (!head)
		return NULL;
	head->bytes = (size_t)bytes;
	return head + 1;
}

static void *block_malloc(int bytes)
{
	return after(deed_malloc(sizeof(struct head) + (size_t)bytes), bytes);
}

static void *block_realloc(void *block, int bytes)
{
	return after(deed_realloc(head_of(block), sizeof(struct head) + (size_t)bytes), bytes);
}

static void block_free(void *block)
{
	struct head *const head = head_of(block);

	deed_free_sized(head, sizeof *head + head->bytes);
}

static int block_size(void *block)
{
	return block ? (int)head_of(block)->bytes : 0;
}

static int block_roundup(int bytes)
{
	return (bytes + 7) & ~7;
}

static int nothing_to_begin(void *unused)
{
	(void)unused;
	return SQLITE_OK;
}

static void nothing_to_end(void *unused)
{
	(void)unused;
}

/* ---- errors --------------------------------------------------------------------------------- */

/* Says what went wrong, if something did; 0 or -1. */
static int check(int code, sqlite3 *db, const char *what)
{
	if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW)
		return 0;
	fprintf(stderr, "sqlite_on_deed: %s: %s\n", what,
		db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
	return -1;
}

static int run(sqlite3 *db, const char *sql)
{
	return check(sqlite3_exec(db, sql, NULL, NULL, NULL), db, sql);
}

/* ---- the database --------------------------------------------------------------------------- */

static int add_customers(sqlite3 *db)
{
	sqlite3_stmt *insert = NULL;
	char name[32];
	int err = check(
		sqlite3_prepare_v2(db, "INSERT INTO customers VALUES (?, ?)", -1, &insert, NULL),
		db, "customers");

	for (int i = 0; i < CUSTOMERS && !err; i++) {
		snprintf(name, sizeof name, "customer %03d", (i * 7919) % CUSTOMERS);
		sqlite3_bind_int(insert, 1, i);
		sqlite3_bind_text(insert, 2, name, -1, SQLITE_TRANSIENT);
		err = check(sqlite3_step(insert), db, "a customer");
		sqlite3_reset(insert);
	}
	sqlite3_finalize(insert);
	return err;
}

static int add_orders(sqlite3 *db, int count)
{
	static const char *const goods[] = { "bolts", "nuts", "screws", "washers", "rivets" };
	sqlite3_stmt *insert = NULL;
	uint32_t draw = 1;
	int err = check(
		sqlite3_prepare_v2(db, "INSERT INTO orders VALUES (?, ?, ?, ?)", -1, &insert, NULL),
		db, "orders");

	for (int i = 0; i < count && !err; i++) {
		draw = draw * 1664525 + 1013904223; /* the same everywhere */
		sqlite3_bind_int(insert, 1, i);
		sqlite3_bind_int(insert, 2, (int)((draw >> 8) % CUSTOMERS));
		sqlite3_bind_text(insert, 3, goods[(draw >> 4) % 5], -1, SQLITE_STATIC);
		sqlite3_bind_int(insert, 4, (int)(draw >> 22) + 1);
		err = check(sqlite3_step(insert), db, "an order");
		sqlite3_reset(insert);
	}
	sqlite3_finalize(insert);
	return err;
}

/* Prints the rows of a query, whose columns are aligned. */
static int print(sqlite3 *db, const char *title, const char *sql)
{
	sqlite3_stmt *query = NULL;
	int code, err = check(sqlite3_prepare_v2(db, sql, -1, &query, NULL), db, sql);

	if (err)
		return err;
	printf("%s\n", title);
	while ((code = sqlite3_step(query)) == SQLITE_ROW) {
		printf("   ");
		for (int i = 0; i < sqlite3_column_count(query); i++)
			printf(" %14s", (const char *)sqlite3_column_text(query, i));
		printf("\n");
	}
	err = check(code, db, sql);
	sqlite3_finalize(query);
	return err;
}

static int fill(sqlite3 *db, int rows)
{
	int err = run(db, "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT);"
			  "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER,"
			  "                     what TEXT, pieces INTEGER);"
			  "BEGIN");

	if (!err)
		err = add_customers(db);
	if (!err)
		err = add_orders(db, rows);
	if (!err)
		err = run(db, "COMMIT;"
			      "CREATE INDEX orders_customer ON orders (customer);"
			      "CREATE INDEX orders_what ON orders (what, pieces);"
			      "ANALYZE");
	return err;
}

static int query(sqlite3 *db)
{
	int err = print(db, "ordered most",
			"SELECT what, COUNT(*), SUM(pieces) FROM orders GROUP BY what "
			"ORDER BY SUM(pieces) DESC");

	if (!err)
		err = print(db, "best customers",
			    "SELECT name, SUM(pieces) AS all_pieces FROM orders "
			    "JOIN customers ON customers.id = orders.customer "
			    "GROUP BY name ORDER BY all_pieces DESC, name LIMIT 3");
	if (!err)
		err = print(db, "integrity check", "PRAGMA integrity_check");
	return err;
}

static void print_memory(void)
{
	const struct deed_statistics stats = deed_stats();
	int pages = 0, most = 0;

	(void)sqlite3_status(SQLITE_STATUS_PAGECACHE_USED, &pages, &most, 0);
	printf("memory\n"
	       "    SQLite: %lld bytes of blocks, %lld at most; %d pages of the cache, %d at most\n"
	       "    deed: %s, over %s; %zu bytes of pages, %zu of them huge where they can be\n",
	       (long long)sqlite3_memory_used(), (long long)sqlite3_memory_highwater(0), pages,
	       most, stats.flavour, stats.allocator, stats.page_bytes, stats.huge_page_bytes);
	if (stats.buffers_made)
		printf("    ledger: %zu buffers live, %zu bytes; %zu ever; %zu bytes of its own\n",
		       stats.live_buffers, stats.live_bytes, stats.buffers_made,
		       stats.ledger_bytes);
}

static int work(const char *path, int rows)
{
	sqlite3 *db = NULL;
	int err = check(sqlite3_open(path, &db), db, path);

	if (!err)
		err = fill(db, rows);
	if (!err)
		err = query(db);
	if (!err)
		print_memory();
	if (check(sqlite3_close(db), db, "close"))
		err = -1;
	return err;
}

/* SQLite from its beginning to its end; the cache is lent to it for so long. */
static int with_sqlite(deed_u8 *cache, size_t page_bytes, const char *path, int rows)
{
	static const sqlite3_mem_methods methods = {
		.xMalloc = block_malloc,
		.xFree = block_free,
		.xRealloc = block_realloc,
		.xSize = block_size,
		.xRoundup = block_roundup,
		.xInit = nothing_to_begin,
		.xShutdown = nothing_to_end,
	};
	int err = check(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods), NULL, "blocks");

	if (err)
		return err;
	{
		DEED_INOUT(pages, cache);

		err = check(sqlite3_config(SQLITE_CONFIG_PAGECACHE, deed_data(pages),
					   (int)page_bytes, PAGES),
			    NULL, "page cache");
		if (!err)
			err = check(sqlite3_initialize(), NULL, "SQLite");
		if (!err)
			err = work(path, rows);
		(void)sqlite3_shutdown();
	}
	if (!err && sqlite3_memory_used()) {
		fprintf(stderr, "sqlite_on_deed: SQLite kept %lld bytes\n",
			(long long)sqlite3_memory_used());
		err = -1;
	}
	return err;
}

static int make_database(const char *path, int rows)
{
	DEED_AUTO(deed_u8, cache);
	int head_bytes = 0;
	size_t page_bytes;

	if (check(sqlite3_config(SQLITE_CONFIG_PCACHE_HDRSZ, &head_bytes), NULL, "page cache"))
		return -1;
	page_bytes = (size_t)((PAGE_BYTES + head_bytes + 7) & ~7);
	if (deed_new_with(&cache, deed_huge_pages(), PAGES * page_bytes)) {
		fprintf(stderr, "sqlite_on_deed: no memory for the page cache\n");
		return -1;
	}
	return with_sqlite(&cache, page_bytes, path, rows);
}

/* What was printed is out: 0, or -1 if it is not. */
static int put_out(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	fprintf(stderr, "sqlite_on_deed: standard output: %s\n", strerror(errno));
	return -1;
}

int main(int argc, char **argv)
{
	char temporary[] = "/tmp/sqlite_on_deed.XXXXXX";
	const char *path = NULL;
	int rows = ROWS, err, file;

	for (int i = 1; i < argc; i++) {
		char *end = argv[i];

		if (!strcmp(argv[i], "--help")) {
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		}
		if (!strncmp(argv[i], "--rows=", 7)) {
			const long count = strtol(argv[i] + 7, &end, 10);

			rows = count > 0 && count <= 100000000 ? (int)count : 0;
		} else if (argv[i][0] != '-' && !path) {
			path = argv[i];
			end = "";
		}
		if (*end || !rows) {
			fprintf(stderr, "sqlite_on_deed: %s?\n%s", argv[i], usage);
			return 2;
		}
	}
	if (path) {
		if (!access(path, F_OK)) {
			fprintf(stderr, "sqlite_on_deed: %s is there already\n", path);
			return EXIT_FAILURE;
		}
		return make_database(path, rows) || put_out() ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	file = mkstemp(temporary);
	if (file < 0) {
		fprintf(stderr, "sqlite_on_deed: %s: %s\n", temporary, strerror(errno));
		return EXIT_FAILURE;
	}
	(void)close(file);
	err = make_database(temporary, rows);
	(void)unlink(temporary);
	return err || put_out() ? EXIT_FAILURE : EXIT_SUCCESS;
}
