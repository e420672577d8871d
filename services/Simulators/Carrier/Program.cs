using Carrier;

var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls($"http://{builder.Configuration["APP_LISTEN_ADDRESS"] ?? "127.0.0.1"}:{builder.Configuration["APP_PORT"] ?? "5191"}");
builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(services => Books.Open(builder.Configuration["DATA_DIR"] ?? ".dapr", services.GetRequiredService<TimeProvider>()));
builder.Services.AddSingleton<Switches>();

var app = builder.Build();
app.MapGet("/healthz", () => Results.Ok());
app.MapShipmentsApi();
app.MapSwitchesApi();
app.Run();
