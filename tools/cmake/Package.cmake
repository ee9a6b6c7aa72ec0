# The Debian package: `./dev package`, or `cpack` in the build folder. What it depends on is read from the binary.

install(TARGETS qantara RUNTIME DESTINATION bin)
install(FILES ${CMAKE_SOURCE_DIR}/tools/packaging/qantara.service DESTINATION /lib/systemd/system)
install(FILES ${CMAKE_SOURCE_DIR}/tools/packaging/qantara.toml DESTINATION /etc/qantara)
install(FILES ${CMAKE_SOURCE_DIR}/docs/guides/operate.md ${CMAKE_SOURCE_DIR}/tools/config/qantara.toml
              ${CMAKE_SOURCE_DIR}/tools/grafana/qantara.json
        DESTINATION share/doc/qantara)
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION share/doc/qantara RENAME copyright)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR OFF)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CONTACT "The Qantara authors <qantara@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "self-hosted pay-by-bank gateway")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "passwd, libsqlite3-0 (>= 3.38)")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(packaging ${CMAKE_SOURCE_DIR}/tools/packaging)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${packaging}/conffiles;${packaging}/postinst;${packaging}/prerm;${packaging}/postrm")
include(CPack)
