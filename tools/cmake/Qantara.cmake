# How a folder of src/ becomes a library, a test program and a rule about what it may include.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# In a unity build a local may shadow what another file of the batch keeps to itself.
set(shadow_warning $<$<NOT:$<BOOL:${CMAKE_UNITY_BUILD}>>:-Wshadow>)
add_compile_options(-Wall -Wextra -Wpedantic ${shadow_warning} -Wconversion -Wswitch -Wnon-virtual-dtor -Werror
                    -Wno-missing-designated-field-initializers -Wno-missing-field-initializers
                    -fstack-protector-strong)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-D_FORTIFY_SOURCE=2)
endif()
# Asio is compiled once, in base/asio.cpp and http/asio_ssl.cpp; everybody else sees declarations.
add_compile_definitions(BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)

# qantara_folder(<name> [USES <folders>...] [LINKS <libraries>...])
# Makes library qantara_<name> from the folder's *.cpp, and <name>_test from its *_test.cpp if there are any.
# A folder may include only its own headers and those of the folders it USES (tools/check enforces the levels).
function(qantara_folder name)
  cmake_parse_arguments(FOLDER "" "" "USES;LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(TRANSFORM FOLDER_USES PREPEND qantara_)

  if(sources)
    add_library(qantara_${name} STATIC ${sources})
    target_include_directories(qantara_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(qantara_${name} PUBLIC ${FOLDER_USES} ${FOLDER_LINKS})
  else()
    add_library(qantara_${name} INTERFACE)
    target_include_directories(qantara_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(qantara_${name} INTERFACE ${FOLDER_USES} ${FOLDER_LINKS})
  endif()

  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE qantara_${name} GTest::gmock GTest::gtest GTest::gtest_main
                          rapidcheck rapidcheck_gtest)
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST)
  endif()
endfunction()

# migration_rows(<folder of migrations/> <engine> <variable>)
# Sets the variable to the rows of a db::Migration array, one for each migrations/<folder>/NNNN_name.<engine>.sql.
function(migration_rows folder engine variable)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/migrations/${folder}/*.${engine}.sql)
  list(SORT files)
  set(rows "")
  foreach(file ${files})
    get_filename_component(base ${file} NAME)
    string(REGEX REPLACE "^0*([0-9]+)_(.*)\\.${engine}\\.sql$" "\\1;\\2" parts ${base})
    list(GET parts 0 number)
    list(GET parts 1 name)
    file(READ ${file} sql)
    string(APPEND rows "    {${number}, \"${name}\", R\"sql(${sql})sql\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  endforeach()
  set(${variable} "${rows}" PARENT_SCOPE)
endfunction()

# qantara_migrations(<target> <folder of migrations/> <namespace>)
# Compiles migrations/<folder>/NNNN_name.sqlite.sql into <target> as `std::span<const db::Migration> <namespace>::migrations()`,
# and NNNN_name.postgres.sql, if the folder has any, as `postgres_migrations()`; the generated header "migrations/<folder>.h"
# declares them.
function(qantara_migrations target folder namespace)
  set(declarations "")
  set(definitions "")
  foreach(engine sqlite postgres)
    migration_rows(${folder} ${engine} rows)
    if(rows STREQUAL "")
      continue()
    endif()
    set(function migrations)
    if(NOT engine STREQUAL "sqlite")
      set(function ${engine}_migrations)
    endif()
    string(APPEND declarations "std::span<const qantara::db::Migration> ${function}();\n")
    string(APPEND definitions
"std::span<const qantara::db::Migration> ${function}() {
  static const qantara::db::Migration all[] = {
${rows}  };
  return all;
}
")
  endforeach()
  set(directory ${CMAKE_BINARY_DIR}/generated)
  file(CONFIGURE OUTPUT ${directory}/migrations/${folder}.h @ONLY CONTENT
"// Made by the build from migrations/${folder}/.
#pragma once
#include <span>
#include \"db/database.h\"
namespace ${namespace} {
${declarations}}
")
  file(CONFIGURE OUTPUT ${directory}/migrations/${folder}.cpp @ONLY CONTENT
"#include \"migrations/${folder}.h\"
namespace ${namespace} {
${definitions}}
")
  target_sources(${target} PRIVATE ${directory}/migrations/${folder}.cpp)
  target_include_directories(${target} PUBLIC ${directory})
endfunction()

# qantara_web(<target>)
# Builds web/ (web/build.mjs) when one of its sources has changed, and compiles what comes out into <target>.
function(qantara_web target)
  set(web ${CMAKE_SOURCE_DIR}/web)
  find_program(QANTARA_NODE NAMES node nodejs)
  if(NOT QANTARA_NODE)
    message(FATAL_ERROR "The pages in web/ are built with Node 18 or newer, and there is no node: run ./dev setup")
  endif()
  if(NOT EXISTS ${web}/node_modules/vite)
    message(FATAL_ERROR "web/node_modules is missing or not whole: run ./dev setup")
  endif()
  set(sources "")
  foreach(folder docs link sdk shared shop)
    file(GLOB_RECURSE found CONFIGURE_DEPENDS LIST_DIRECTORIES false ${web}/${folder}/*)
    list(APPEND sources ${found})
  endforeach()
  list(FILTER sources EXCLUDE REGEX "\\.test\\.tsx?$")
  set(out ${CMAKE_BINARY_DIR}/generated/web)
  add_custom_command(
    OUTPUT ${out}.cpp
    COMMAND ${QANTARA_NODE} ${web}/build.mjs --out ${out} --cpp ${out}.cpp
    DEPENDS ${sources} ${web}/build.mjs ${web}/tsconfig.json ${web}/package-lock.json ${CMAKE_SOURCE_DIR}/api/openapi.yaml
    COMMENT "Building web/"
    VERBATIM)
  target_sources(${target} PRIVATE ${out}.cpp)
  set_source_files_properties(${out}.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
