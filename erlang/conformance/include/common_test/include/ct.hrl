%% The macros of Common Test that OTP's suites use.
-define(line,).
-define(config, test_server:lookup_config).
-define(CT_PEER_NAME(Case), test_server:peer_name(?MODULE_STRING, Case)).
-define(CT_PEER_NAME(), ?CT_PEER_NAME(?FUNCTION_NAME)).
-define(CT_PEER(Options), test_server:start_peer(Options, ?MODULE, ?FUNCTION_NAME)).
-define(CT_PEER(), ?CT_PEER([])).
-define(CT_PEER_REL(Options, Release, Folder), test_server:start_peer(Options, ?MODULE, ?FUNCTION_NAME, Release, Folder)).
