#include "db/sqlite/page_cache.h"

#include <sqlite3.h>

#include <new>

namespace qantara::db::sqlite {
namespace {

constexpr unsigned kLockByte = 1U << 30;  // sqlite.org/fileformat2.html#the_lock_byte_page
constexpr unsigned kParked = 0;           // Pages are counted from 1.

sqlite3_pcache_methods2 built_in;  ///< SQLite's own.

struct Cache {
  sqlite3_pcache* pages;
  unsigned lock_page;

  unsigned key(unsigned number) const { return number == lock_page ? kParked : number; }
};

Cache& mine(sqlite3_pcache* cache) { return *reinterpret_cast<Cache*>(cache); }

sqlite3_pcache* create_cache(int page_size, int extra, int is_purgeable) {
  auto* const cache = new (std::nothrow) Cache{.pages = built_in.xCreate(page_size, extra, is_purgeable),
                                               .lock_page = kLockByte / static_cast<unsigned>(page_size) + 1};
  if (cache != nullptr && cache->pages != nullptr) return reinterpret_cast<sqlite3_pcache*>(cache);
  delete cache;
  return nullptr;
}

}  // namespace

bool use_parking_page_cache() {
  sqlite3_pcache_methods2 methods{};
  if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &methods) != SQLITE_OK || methods.iVersion != 1) return false;
  if (methods.xCreate == create_cache) return true;
  built_in = methods;
  methods.xCreate = create_cache;
  methods.xCachesize = [](sqlite3_pcache* cache, int size) { built_in.xCachesize(mine(cache).pages, size); };
  methods.xPagecount = [](sqlite3_pcache* cache) { return built_in.xPagecount(mine(cache).pages); };
  methods.xFetch = [](sqlite3_pcache* cache, unsigned number, int create_flag) {
    return built_in.xFetch(mine(cache).pages, mine(cache).key(number), create_flag);
  };
  methods.xUnpin = [](sqlite3_pcache* cache, sqlite3_pcache_page* page, int discard) {
    built_in.xUnpin(mine(cache).pages, page, discard);
  };
  methods.xRekey = [](sqlite3_pcache* cache, sqlite3_pcache_page* page, unsigned from, unsigned to) {
    built_in.xRekey(mine(cache).pages, page, mine(cache).key(from), mine(cache).key(to));
  };
  methods.xTruncate = [](sqlite3_pcache* cache, unsigned limit) { built_in.xTruncate(mine(cache).pages, limit); };
  methods.xDestroy = [](sqlite3_pcache* cache) {
    built_in.xDestroy(mine(cache).pages);
    delete &mine(cache);
  };
  methods.xShrink = [](sqlite3_pcache* cache) { built_in.xShrink(mine(cache).pages); };
  return sqlite3_config(SQLITE_CONFIG_PCACHE2, &methods) == SQLITE_OK;
}

}  // namespace qantara::db::sqlite
