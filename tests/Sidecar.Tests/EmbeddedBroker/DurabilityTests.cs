using System.Globalization;
using System.Text;
using Conformance;
using FsCheck.Fluent;
using FsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components.EmbeddedPubSub;
using Broker = Sidecar.Components.EmbeddedPubSub.EmbeddedBroker;

namespace Sidecar.Tests.EmbeddedBroker;

public sealed class DurabilityTests
{
    private const int HeaderSize = 8;

    private static readonly SubscriberOptions s_quick = new() { RedeliverInterval = TimeSpan.FromMilliseconds(1) };

    [Fact]
    public async Task What_was_published_is_there_after_the_broker_was_closed_and_opened()
    {
        await using var place = await BrokerPlace.OpenAsync();
        await place.PublishAsync("orders", "a");
        await place.PublishAsync("orders", "b");
        await place.ReopenAsync();

        var inbox = new Inbox();
        await using var subscription = place.Broker.Subscribe("orders", "app", s_quick, inbox.HandleAsync);
        await inbox.WaitForAsync(2);
        Assert.Equal(["a", "b"], inbox.Texts.Order());
    }

    [Fact]
    public async Task What_was_published_is_there_after_a_crash()
    {
        await using var place = await BrokerPlace.OpenAsync();
        await place.PublishAsync("orders", "a");
        await place.OpenCopyAsync(place.CopyFiles());

        var inbox = new Inbox();
        await using var subscription = place.Broker.Subscribe("orders", "app", s_quick, inbox.HandleAsync);
        await inbox.WaitForAsync(1);
        Assert.Equal(["a"], inbox.Texts);
    }

    [Fact]
    public async Task What_was_acknowledged_does_not_come_again_after_a_proper_end()
    {
        await using var place = await BrokerPlace.OpenAsync();
        var inbox = new Inbox();
        var subscription = place.Broker.Subscribe("orders", "app", s_quick, inbox.HandleAsync);
        await place.PublishAsync("orders", "a");
        await inbox.WaitForAsync(1);
        await subscription.DisposeAsync();

        await place.ReopenAsync();
        Assert.Equal(0, Assert.Single(place.Broker.Status()).Pending);
        await place.PublishAsync("orders", "b");
        var second = new Inbox();
        await using var again = place.Broker.Subscribe("orders", "app", s_quick, second.HandleAsync);
        await second.WaitForAsync(1);
        Assert.Equal(["b"], second.Texts);
    }

    [Fact]
    public async Task A_group_that_comes_later_starts_with_the_oldest_message_kept()
    {
        await using var place = await BrokerPlace.OpenAsync();
        await place.PublishAsync("orders", "a", key: "k");
        await place.PublishAsync("orders", "b", key: "k");
        var first = new Inbox();
        var second = new Inbox();
        await using var one = place.Broker.Subscribe("orders", "one", s_quick, first.HandleAsync);
        await using var two = place.Broker.Subscribe("orders", "two", s_quick, second.HandleAsync);
        await Task.WhenAll(first.WaitForAsync(2), second.WaitForAsync(2));
        Assert.Equal(["a", "b"], first.Texts);
        Assert.Equal(["a", "b"], second.Texts);
    }

    [Fact]
    public async Task Segments_go_when_all_groups_have_passed_them_and_numbers_are_not_used_again()
    {
        var options = new EmbeddedBrokerOptions { SegmentSize = 4096 };
        await using var place = await BrokerPlace.OpenAsync(options);
        var inbox = new Inbox();
        var subscription = place.Broker.Subscribe("orders", "app", s_quick, inbox.HandleAsync);
        for (var i = 0; i < 50; i++)
        {
            await place.PublishAsync("orders", new string('x', 500));
        }

        await inbox.WaitForAsync(50);
        await subscription.DisposeAsync();
        await place.ReopenAsync(options);
        await place.PublishAsync("orders", new string('x', 5000));
        await place.PublishAsync("orders", "last");
        await place.ReopenAsync(options);
        Assert.InRange(Directory.GetFiles(place.Folder, "*.log").Length, 1, 3);

        var second = new Inbox();
        await using var again = place.Broker.Subscribe("orders", "app", s_quick, second.HandleAsync);
        await second.WaitForAsync(2);
        Assert.Contains("last", second.Texts);
    }

    [Fact]
    public async Task Messages_nobody_subscribes_to_are_kept_for_the_retention_time()
    {
        var clock = new SteppedClock();
        var options = new EmbeddedBrokerOptions { SegmentSize = 4096, Retention = TimeSpan.FromDays(7) };
        await using var place = await BrokerPlace.OpenAsync(options, clock);
        await place.PublishAsync("lonely", new string('x', 5000));
        await place.PublishAsync("lonely", new string('y', 5000));
        Assert.Equal(2, Directory.GetFiles(place.Folder, "*.log").Length);

        clock.Step(TimeSpan.FromDays(8));
        await place.Broker.DisposeAsync();
        Assert.Single(Directory.GetFiles(place.Folder, "*.log"));
    }

    [Fact]
    public async Task A_second_broker_in_the_directory_is_refused_and_told_which_process_holds_it()
    {
        await using var place = await BrokerPlace.OpenAsync();
        var refusal = await Assert.ThrowsAsync<IOException>(() => Broker.OpenAsync(place.Folder, new EmbeddedBrokerOptions(), TimeProvider.System, NullLogger.Instance));
        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_the_end_of_the_log_looks_like_all_whole_messages_before_it_survive()
    {
        await using var place = await BrokerPlace.OpenAsync();
        for (var i = 0; i < 10; i++)
        {
            await place.PublishAsync("orders", $"message {i}", key: "k");
        }

        var copy = place.CopyFiles();
        var log = Path.Combine(copy, "000000000001.log");
        var whole = await File.ReadAllBytesAsync(log);
        var damage = Gen.Choose(HeaderSize, whole.Length).SelectMany(cut => Gen.ArrayOf(Gen.Choose(0, 255).Select(value => (byte)value), 40).Select(tail => (cut, tail)));
        Prop.ForAll(damage.ToArbitrary(), sample =>
        {
            File.WriteAllBytes(log, [.. whole[..sample.cut], .. sample.tail]);
            using var opened = new OpenedCopy(copy);
            var texts = opened.Texts();
            Assert.Equal(Enumerable.Range(0, texts.Count).Select(i => $"message {i}"), texts);
            Assert.True(texts.Count >= (10 * (sample.cut - HeaderSize) / (whole.Length - HeaderSize)) - 1);
            opened.Publish("more");
            Assert.Equal("more", opened.Texts()[^1]);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
        Directory.Delete(copy, recursive: true);
    }

    [Fact]
    public async Task A_file_whose_making_was_interrupted_is_made_anew()
    {
        for (var length = 0; length <= HeaderSize; length++)
        {
            foreach (var content in (byte[][])["DAPRLOG1"u8[..length].ToArray(), new byte[length]])
            {
                var folder = Directory.CreateTempSubdirectory("broker-").FullName;
                await File.WriteAllBytesAsync(Path.Combine(folder, "000000000001.log"), content);
                using (var opened = new OpenedCopy(folder))
                {
                    Assert.Empty(opened.Texts());
                    opened.Publish("first");
                    Assert.Equal(["first"], opened.Texts());
                }

                Directory.Delete(folder, recursive: true);
            }
        }
    }

    [Fact]
    public async Task A_file_that_is_something_else_is_refused_and_left_alone()
    {
        var folder = Directory.CreateTempSubdirectory("broker-").FullName;
        var file = Path.Combine(folder, "000000000001.log");
        await File.WriteAllTextAsync(file, "2026-11-22 somebody else's log");

        var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => Broker.OpenAsync(folder, new EmbeddedBrokerOptions(), TimeProvider.System, NullLogger.Instance));
        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
        Assert.Equal("2026-11-22 somebody else's log", await File.ReadAllTextAsync(file));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A broker on damaged files, used from a property, which cannot wait.</summary>
    private sealed class OpenedCopy(string folder) : IDisposable
    {
        private readonly Broker _broker = Broker.OpenAsync(folder, new EmbeddedBrokerOptions(), TimeProvider.System, NullLogger.Instance).GetAwaiter().GetResult();

        public IReadOnlyList<string> Texts()
        {
            // A group makes what is kept its own to acknowledge.
            _broker.Subscribe("orders", "reader", s_quick, (_, _) => throw new InvalidOperationException("only listed")).DisposeAsync().AsTask().GetAwaiter().GetResult();
            return [.. _broker.Pending("orders", "reader").Select(message => Encoding.UTF8.GetString(message.Data.Span))];
        }

        public void Publish(string text) => _broker.PublishAsync([BrokerPlace.Message("orders", text)], default).GetAwaiter().GetResult();

        public void Dispose() => _broker.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
