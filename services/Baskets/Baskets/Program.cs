using Baskets;
using Baskets.Api;
using Baskets.Services;
using ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("baskets").AddBasketActors();
builder.Services.AddSingleton<CatalogApi>();
builder.Services.AddSingleton<OrderingApi>();

var app = builder.Build();
app.MapServiceDefaults();
app.MapActorsHandlers();
app.MapBasketsApi();
app.Run();
