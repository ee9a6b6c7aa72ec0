// SQLite's own page cache, without a detour of it. When a tree's page is split, SQLite may swap the numbers of two pages, and
// parks one of them at the number of the page that no file has (the one around the byte 2^30, which locks are taken on). A
// cache that has seen this number takes it for its greatest, and looks through all of its pages at the next commit for those
// behind the file's end: in a file of less than 1 GiB at nearly every commit. Here that page is parked at 0 instead.
#pragma once

namespace qantara::db::sqlite {

/// For all connections of this process; before SQLite is used at all. False, and nothing changed, if SQLite will not.
bool use_parking_page_cache();

}  // namespace qantara::db::sqlite
