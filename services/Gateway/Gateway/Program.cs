using FluentValidation;
using Gateway.Api;
using Gateway.Baskets;
using Gateway.Books;
using Gateway.Orders;
using Gateway.Security;
using Gateway.Services;
using ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("gateway");
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 1024 * 1024);
builder.AddBearerTokens();
builder.Services.AddServiceApis();
builder.Services.AddSingleton<IValidator<SubmitOrderRequest>, SubmitOrderValidator>();
builder.Services.AddSingleton<IValidator<ReturnRequest>, ReturnValidator>();
builder.Services.AddSingleton<IValidator<CatalogueEntry>, CatalogueEntryValidator>();
builder.Services.AddSingleton<IValidator<PutItemRequest>, PutItemValidator>();
builder.Services.AddSingleton<IValidator<CheckOutRequest>, CheckOutValidator>();
builder.Services.AddSingleton<KnownProducts>();
builder.Services.AddSingleton<Audit>();
builder.AddNightlyReconciliation();
builder.Services.AddSingleton<PointsAudit>();
builder.Services.AddSingleton<Measurements>();

var app = builder.Build();
app.MapServiceDefaults();
app.UseAuthentication();
app.UseAuthorization();
app.MapNightlyReconciliation();

var shop = app.MapGroup("/").OpenToTheWorld();
shop.MapBasketApi();
shop.MapOrdersApi();
shop.MapCatalogueApi();
shop.MapCustomersApi();
shop.MapOperationsApi();
shop.MapDevelopmentIssuer();
app.Run();
