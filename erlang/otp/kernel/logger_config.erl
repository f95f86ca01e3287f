%% The logger's configuration in persistent terms: OTP has it in a table that a server owns, and the server is one more
%% process to start. Before anything is configured there is OTP's default handler.
-module(logger_config).

exist(Tid, What) -> element(1, get(Tid, What)) =:= ok.

get(_Tid, What) ->
    case persistent_term:get({?MODULE, config, What}, undefined) of
        undefined -> initial(What);
        deleted -> {error, {not_found, What}};
        Config -> {ok, Config}
    end.

get(Tid, What, Level) ->
    case get(Tid, What) of
        {ok, #{level := Least}} = Found ->
            case less_or_equal_level(Level, level_to_int(Least)) of
                true -> Found;
                false -> error
            end;
        Error ->
            Error
    end.

initial(primary) ->
    {ok, #{level => notice, metadata => #{}, filters => [], filter_default => log, handlers => [default]}};
initial(default) ->
    Filters = [{remote_gl, {fun logger_filters:remote_gl/2, stop}},
               {domain, {fun logger_filters:domain/2, {log, super, [otp, sasl]}}},
               {no_domain, {fun logger_filters:domain/2, {log, undefined, []}}}],
    {ok, #{id => default, module => logger_std_h, level => all, filters => Filters, filter_default => stop, config => #{},
           formatter => {logger_formatter, #{legacy_header => true, single_line => false}}}};
initial(proxy) ->
    {ok, #{}};
initial(What) ->
    {error, {not_found, What}}.

create(Tid, What, Config) -> set(Tid, What, Config).

set(_Tid, What, Config) ->
    What =:= primary andalso persistent_term:put({logger, level}, level_to_int(map_get(level, Config))),
    persistent_term:put({?MODULE, config, What}, Config).

delete(_Tid, What) -> persistent_term:put({?MODULE, config, What}, deleted).

allow(Level) -> less_or_equal_level(Level, get_primary_level()).

allow(Level, Module) ->
    case persistent_term:get({logger, modules}, #{}) of
        #{Module := Least} -> less_or_equal_level(Level, level_to_int(Least));
        #{} -> allow(Level)
    end.

%% Five is `notice`.
get_primary_level() -> persistent_term:get({logger, level}, 5).

set_module_level(Modules, Level) ->
    Known = persistent_term:get({logger, modules}, #{}),
    persistent_term:put({logger, modules}, maps:merge(Known, maps:from_list([{Module, Level} || Module <- Modules]))).

unset_module_level(all) -> persistent_term:put({logger, modules}, #{});
unset_module_level(Modules) ->
    persistent_term:put({logger, modules}, maps:without(Modules, persistent_term:get({logger, modules}, #{}))).

get_module_level() -> lists:sort(maps:to_list(persistent_term:get({logger, modules}, #{}))).
