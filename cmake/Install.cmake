# What `cmake --install` puts where, by component: server, gateway, cli; dev is client/install's.
install(TARGETS token-server token-standalone DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT server)
install(TARGETS token-gateway DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT gateway)
install(TARGETS token-cli openvidu-emulator DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT cli)
