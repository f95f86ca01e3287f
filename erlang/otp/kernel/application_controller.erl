%% The controller of applications is OTP's own. It is started with the first question that needs it, or some time after
%% the prompt; until then no application has an environment.
-module(application_controller).

call(Request) -> call(Request, 5000).

call(Request, Timeout) ->
    ok = kernel:ensure_started(),
    case gen_server:call(?MODULE, Request, Timeout) of
        {error, terminating} -> exit(terminating);
        Result -> Result
    end.

start_application_request(Name, Type) ->
    ok = kernel:ensure_started(),
    gen_server:send_request(?MODULE, {start_application, Name, Type}).

get_env(Application, Key) ->
    try ets:lookup_element(ac_tab, {env, Application, Key}, 2) of
        Value -> {ok, Value}
    catch
        error:badarg -> undefined
    end.

get_env(Application, Key, Default) ->
    case get_env(Application, Key) of
        {ok, Value} -> Value;
        undefined -> Default
    end.

get_all_env(Application) ->
    try [{Key, Value} || [Key, Value] <- ets:match(ac_tab, {{env, Application, '$1'}, '$2'})]
    catch error:badarg -> []
    end.

%% Packs hold no .app files: what they say of the applications that are packed is said here.
make_appl(Name) when is_atom(Name) ->
    case kernel:application(Name) of
        {application, _, _} = Packed -> make_appl(Packed);
        none -> make_appl_of_file(Name)
    end;
make_appl(Application) ->
    {ok, make_appl_i(Application)}.

make_appl_of_file(Name) ->
    File = atom_to_list(Name) ++ ".app",
    case code:where_is_file(File) of
        non_existing ->
            {error, {file:format_error(enoent), File}};
        Path ->
            case prim_consult(Path) of
                {ok, [Application]} -> {ok, make_appl_i(Application)};
                {error, Reason} -> {error, {file:format_error(Reason), File}};
                error -> {error, "bad encoding"}
            end
    end.
