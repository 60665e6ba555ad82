# Debian packages, by `scripts/package`: openvidu-token-server, -gateway, -cli and libopenvidu-token-dev. Each is a group of
# two components: what `cmake --install` installs too, and what only a package has (…-debian), which is left out there.
set(debian ${PROJECT_SOURCE_DIR}/deploy/debian)
set(made ${PROJECT_BINARY_DIR}/debian)
set(TOKEN_PACKAGE_MAINTAINER "OpenVidu Token Service <packages@openvidu-token.invalid>" CACHE STRING "Who made the packages")

# Manual pages, from what the programs say themselves.
function(token_man_page program section component)
  set(page ${made}/${program}.${section}.gz)
  add_custom_command(
    OUTPUT ${page}
    COMMAND ${PYTHON3} ${debian}/man_page.py $<TARGET_FILE:${program}> ${section} > ${made}/${program}.${section}
    COMMAND gzip -9nf ${made}/${program}.${section}
    DEPENDS ${debian}/man_page.py ${program}
    VERBATIM)
  add_custom_target(${program}-man ALL DEPENDS ${page})
  install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} COMPONENT ${component})
endfunction()
file(MAKE_DIRECTORY ${made})
token_man_page(token-server 8 server)
token_man_page(token-standalone 8 server)
token_man_page(token-gateway 8 gateway)
token_man_page(openvidu-emulator 1 cli)

# token-cli writes its own page, and what teaches shells its commands.
add_custom_command(
  OUTPUT ${made}/token-cli.1.gz ${made}/completion.bash ${made}/completion.zsh ${made}/completion.fish
  COMMAND env -i $<TARGET_FILE:token-cli> man > ${made}/token-cli.1
  COMMAND gzip -9nf ${made}/token-cli.1
  COMMAND env -i $<TARGET_FILE:token-cli> completion bash > ${made}/completion.bash
  COMMAND env -i $<TARGET_FILE:token-cli> completion zsh > ${made}/completion.zsh
  COMMAND env -i $<TARGET_FILE:token-cli> completion fish > ${made}/completion.fish
  DEPENDS token-cli
  VERBATIM)
add_custom_target(token-cli-man ALL DEPENDS ${made}/token-cli.1.gz)
install(FILES ${made}/token-cli.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT cli)
install(FILES ${made}/completion.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME token-cli
        COMPONENT cli)
install(FILES ${made}/completion.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions RENAME _token-cli COMPONENT cli)
install(FILES ${made}/completion.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME token-cli.fish
        COMPONENT cli)

# token_package(<package> <component>): what every package has.
function(token_package package component)
  set(documents ${CMAKE_INSTALL_DATADIR}/doc/${package})
  install(FILES ${debian}/copyright ${made}/changelog.gz DESTINATION ${documents} COMPONENT ${component}-debian
          EXCLUDE_FROM_ALL)
  if(EXISTS ${debian}/${package}.lintian-overrides)
    install(FILES ${debian}/${package}.lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides
            RENAME ${package} COMPONENT ${component}-debian EXCLUDE_FROM_ALL)
  endif()
  string(TOUPPER ${component} upper)
  set(CPACK_COMPONENT_${upper}_GROUP ${package} PARENT_SCOPE)
  set(CPACK_COMPONENT_${upper}-DEBIAN_GROUP ${package} PARENT_SCOPE)
endfunction()
token_package(openvidu-token-server server)
token_package(openvidu-token-gateway gateway)
token_package(openvidu-token-cli cli)
token_package(libopenvidu-token-dev dev)
add_custom_command(
  OUTPUT ${made}/changelog.gz
  COMMAND ${PYTHON3} ${debian}/changelog.py ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_VERSION}
          ${TOKEN_PACKAGE_MAINTAINER} > ${made}/changelog
  COMMAND gzip -9nf ${made}/changelog
  DEPENDS ${debian}/changelog.py ${PROJECT_SOURCE_DIR}/CHANGELOG.md
  VERBATIM)
add_custom_target(debian-changelog ALL DEPENDS ${made}/changelog.gz)

# token_service(<package> <component> STATE <folder>… ENABLED <unit>… UNITS <unit>… CONFIG <file>…): what a package with
# services has beside that. Its user has the package's name.
file(READ ${debian}/hardening.conf HARDENING)
function(token_service package component)
  cmake_parse_arguments(arg "" "" "STATE;ENABLED;UNITS;CONFIG" ${ARGN})
  string(JOIN " " ENABLED_UNITS ${arg_ENABLED})
  string(JOIN " " UNITS ${arg_UNITS})
  string(JOIN " " STATE ${arg_STATE})
  set(services ${arg_UNITS})
  list(FILTER services INCLUDE REGEX "[.]service$")
  string(JOIN " " SERVICES ${services})
  set(USER ${package})
  foreach(script postinst prerm postrm)
    configure_file(${debian}/${script}.in ${made}/${package}/${script} @ONLY)
    list(APPEND control ${made}/${package}/${script})
  endforeach()
  foreach(unit IN LISTS arg_UNITS)
    if(EXISTS ${debian}/${unit}.in)
      configure_file(${debian}/${unit}.in ${made}/${unit} @ONLY)
    else()
      configure_file(${debian}/${unit} ${made}/${unit} COPYONLY)
    endif()
    install(FILES ${made}/${unit} DESTINATION lib/systemd/system COMPONENT ${component}-debian EXCLUDE_FROM_ALL)
  endforeach()
  foreach(config IN LISTS arg_CONFIG)
    install(FILES ${debian}/${config} DESTINATION /etc/openvidu-token COMPONENT ${component}-debian EXCLUDE_FROM_ALL)
    string(APPEND conffiles "/etc/openvidu-token/${config}\n")
  endforeach()
  install(FILES ${debian}/${package}.sysusers DESTINATION lib/sysusers.d RENAME ${package}.conf
          COMPONENT ${component}-debian EXCLUDE_FROM_ALL)
  file(WRITE ${made}/${package}/conffiles "${conffiles}")
  list(APPEND control ${made}/${package}/conffiles)
  string(TOUPPER ${package} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_EXTRA "${control}" PARENT_SCOPE)
  set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS
      "init-system-helpers (>= 1.54), systemd | systemd-standalone-sysusers" PARENT_SCOPE)
endfunction()
token_service(openvidu-token-server server
  STATE /var/lib/openvidu-token-standalone
  ENABLED openvidu-token-server.service
  UNITS openvidu-token-server.service openvidu-token-standalone.service
  CONFIG server.conf standalone.conf)
token_service(openvidu-token-gateway gateway
  STATE /var/lib/openvidu-token-service
  ENABLED openvidu-token-gateway.service
  UNITS openvidu-token-gateway.service openvidu-token-gateway.socket
  CONFIG gateway.conf)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME openvidu-token)
set(CPACK_PACKAGE_CONTACT "${TOKEN_PACKAGE_MAINTAINER}")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_COMPONENTS_ALL server server-debian gateway gateway-debian cli cli-debian dev dev-debian)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_SET_DESTDIR ON)  # for /etc
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
    WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS ${debian}/strip.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
foreach(package openvidu-token-server openvidu-token-gateway openvidu-token-cli libopenvidu-token-dev)
  string(TOUPPER ${package} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${package})
endforeach()

set(CPACK_DEBIAN_OPENVIDU-TOKEN-SERVER_PACKAGE_SECTION net)
set(CPACK_DEBIAN_OPENVIDU-TOKEN-SERVER_DESCRIPTION "application server that hands out OpenVidu tokens
It keeps the secret of an OpenVidu 2.x deployment and gives out what a
browser needs to join a video call, over gRPC, to whom a policy allows it.
.
This package has the gRPC server, token-server, and token-standalone, which
is server and REST gateway in one process, with their systemd services.")
set(CPACK_DEBIAN_OPENVIDU-TOKEN-SERVER_PACKAGE_SUGGESTS openvidu-token-gateway)

set(CPACK_DEBIAN_OPENVIDU-TOKEN-GATEWAY_PACKAGE_SECTION net)
set(CPACK_DEBIAN_OPENVIDU-TOKEN-GATEWAY_DESCRIPTION "REST gateway of the OpenVidu Token Service
It answers the REST requests of OpenVidu's sample applications, so that
front ends written for those work unchanged, by asking a token server.
.
This package has the gateway, token-gateway, with its systemd service.")
set(CPACK_DEBIAN_OPENVIDU-TOKEN-GATEWAY_PACKAGE_SUGGESTS openvidu-token-server)

set(CPACK_DEBIAN_OPENVIDU-TOKEN-CLI_PACKAGE_SECTION net)
set(CPACK_DEBIAN_OPENVIDU-TOKEN-CLI_DESCRIPTION "command line of the OpenVidu Token Service
token-cli asks a token server for OpenVidu sessions and tokens.
openvidu-emulator is OpenVidu's REST API in memory, to try and to test with.")

set(CPACK_DEBIAN_LIBOPENVIDU-TOKEN-DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBOPENVIDU-TOKEN-DEV_DESCRIPTION "C++ client library of the OpenVidu Token Service
TokenClient calls the token service from C++, with and without waiting.
.
This package has the static library, its headers, the contract as Protocol
Buffers, and what CMake and pkg-config need to find them.")
set(CPACK_DEBIAN_LIBOPENVIDU-TOKEN-DEV_PACKAGE_DEPENDS "libabsl-dev, libgrpc++-dev, libprotobuf-dev, libssl-dev")
set(CPACK_DEBIAN_LIBOPENVIDU-TOKEN-DEV_PACKAGE_SHLIBDEPS OFF)
include(CPack)
